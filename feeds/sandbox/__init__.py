"""Runs parsing in a child process with limited memory and time."""
