"""Screens at the desk: list, pairing, the wall."""
