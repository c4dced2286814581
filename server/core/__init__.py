"""Pure rules: no Flask, no SQL, no clock, no I/O (held by import-linter); called by every floor above."""
