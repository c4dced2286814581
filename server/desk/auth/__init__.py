"""Signing in, second factors, passwords and their limits."""
