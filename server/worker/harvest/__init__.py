"""Fetches and parses the sources that are due, and stores their entries as stories and their alerts as notices."""
