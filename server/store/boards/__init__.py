"""Boards, their laps, and panics."""
