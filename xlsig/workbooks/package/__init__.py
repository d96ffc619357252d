"""Editing an Excel file part by part: what is not in the plan stays byte for byte."""

from xlsig.workbooks.package.editing import Edit, open_package, replace_table
from xlsig.workbooks.package.locking import StillLocked
from xlsig.workbooks.package.refusal import PackageRefusal
from xlsig.workbooks.package.saving import FileInUse

__all__ = ["Edit", "FileInUse", "PackageRefusal", "StillLocked", "open_package", "replace_table"]
