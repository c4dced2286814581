"""All tests, in folders like those of the code; their common sample data is in tests/cast.py."""
