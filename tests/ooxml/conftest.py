"""The built templates, made once for the tests of workbooks too."""

from tests.workbooks.conftest import sample_inputs, templates

__all__ = ["sample_inputs", "templates"]
