"""Screens at the desk: list, pairing, commands, panic button, live wall."""
