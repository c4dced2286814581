"""Simulated screens for load and soak tests; they check every rule of the protocol (server/core/wire.py)."""
