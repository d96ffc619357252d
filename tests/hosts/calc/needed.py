"""Calc and its Python, or a skipped test that names their packages."""

from __future__ import annotations

import os

import pytest

from tests.hosts_required import REQUIRED, require_program
from xlsig.errors import DataError
from xlsig.hosts.calc.programs import find_programs, office_python_version


def require_calc() -> None:
    """Skip, or fail where hosts are required, without LibreOffice Calc or its Python."""
    require_program("soffice", "libreoffice-calc-nogui")
    try:
        office_python_version(find_programs())
    except DataError as error:
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(f"{error} ({REQUIRED}=1)")
        pytest.skip(str(error))
