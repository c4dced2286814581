"""The commands of run.py, one module for each group; server.main registers them."""
