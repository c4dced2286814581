"""Builds and starts the processes (server, worker, desk) from their parts, and supervises them."""
