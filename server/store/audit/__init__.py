"""The append-only audit, its triggers, and the hash chain that proves it unchanged."""
