"""All tests, in folders that mirror the folders of the code; the sample data that they share is in tests/cast.py."""
