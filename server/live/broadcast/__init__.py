"""Sends messages to the screens of a board: hub, connections, events, fan-out, rooms, Redis."""
