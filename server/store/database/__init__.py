"""The database engine and its errors, migrations, backup, seeding from config, and the store's revision.

Also what SQLite and PostgreSQL do differently.
"""
