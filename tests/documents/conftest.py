"""Fixtures of the tests of server/documents: those of the desk's tests, for their store with people."""

from tests.desk.conftest import office, office_template

__all__ = ["office", "office_template"]  # fixtures that pytest finds by their names here
