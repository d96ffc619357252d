"""Slow, obviously right twins of the functions, written from the function reference alone."""
