"""The part editor's former place; it is `xlsig.ooxml` since 0.2, and these names stay here until 0.3."""

from xlsig.errors import PackageRefusal
from xlsig.ooxml import Edit, FileInUse, StillLocked, open_package, replace_table

__all__ = ["Edit", "FileInUse", "PackageRefusal", "StillLocked", "open_package", "replace_table"]
