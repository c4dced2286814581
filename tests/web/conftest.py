"""What the tests of pages share: one Chromium a module."""

from tests.chromium import browser

__all__ = ["browser"]  # a fixture that pytest finds by its name here
