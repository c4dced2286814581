"""Fixtures of the tests of server/processes: those of tests/live."""

from tests.live.conftest import data, house, logged, store_file

__all__ = ["data", "house", "logged", "store_file"]  # fixtures that pytest finds by their names here
