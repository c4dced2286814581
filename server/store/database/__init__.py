"""The engine, its errors, migrations, backup, seeding, the revision and what SQLite and PostgreSQL do differently."""
