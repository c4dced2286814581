"""The tests of the whole house: rules read as sentences about one standing cast (tests/cast.py)."""
