"""Simulated screens for load tests and long runs; they check the rules of the protocol (server/core/wire.py)."""
