"""Makes the fixtures of the tests of server/live available to the tests of server/notifications."""

from tests.live.conftest import data, house, logged, store_file

__all__ = ["data", "house", "logged", "store_file"]  # fixtures that pytest finds by their names here
