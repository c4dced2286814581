"""Pure rules: no Flask, no SQL, no clock, no I/O (checked by import-linter); called by all packages of server."""
