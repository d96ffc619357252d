"""Workbooks: the templates, what stands where in them, and how they are written."""
