"""Reads the configuration and opens the store, its backups and its secret keys; used by every process."""
