"""Fetches bytes over HTTP, except from private network addresses, or reads them from files; used by the worker."""
