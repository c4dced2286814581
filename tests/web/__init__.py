"""Tests of how the boards look in a real browser, and of the pages that the server gives to browsers."""
