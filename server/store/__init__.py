"""All SQL: functions that take and return frozen dataclasses, one transaction each."""
