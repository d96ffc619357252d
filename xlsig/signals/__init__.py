"""Signals: the maths of the desk, arrays in, numbers and arrays out."""
