"""The append-only audit and the hash chain over it."""
