"""Editing an Excel file part by part: what is not in the plan stays byte for byte."""
