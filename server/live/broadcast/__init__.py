"""Sends messages to the screens of a board: hub, fan-out, rooms, Redis."""
