"""The built templates, made once for the tests of workbooks too."""

from tests.workbooks.conftest import layouts, sample_inputs, templates

__all__ = ["layouts", "sample_inputs", "templates"]
