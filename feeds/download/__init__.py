"""Fetches bytes over HTTP, behind the address guard, or from files."""
