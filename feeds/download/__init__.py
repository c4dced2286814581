"""Fetches bytes over HTTP or from files, behind the address guard."""
