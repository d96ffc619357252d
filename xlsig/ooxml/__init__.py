"""Editing an Excel file part by part: what is not in the plan stays byte for byte."""

from __future__ import annotations

from xlsig.errors import PackageRefusal
from xlsig.ooxml.edit import Edit, open_package, replace_table
from xlsig.ooxml.saved_file import FileInUse, StillLocked

__all__ = ["Edit", "FileInUse", "PackageRefusal", "StillLocked", "open_package", "replace_table"]
