"""The commands of run.py, one module for each group; cli.commands lists them."""
