"""The engine and what concerns the whole database: migrations, backup, revision, locks."""
