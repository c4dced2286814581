"""Screens at the desk: their list, pairing, commands, the panic button, and the wall of their live states."""
