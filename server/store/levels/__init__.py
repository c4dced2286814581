"""Stores this server's id, the servers that it reads, and the items that came from them."""
