"""Attacks on a running server: what strangers and stolen screens may try, and how the server has to answer."""
