"""Reads the sources that are due and stores their stories."""
