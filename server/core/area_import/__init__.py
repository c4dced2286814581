"""Reads lists of areas (CSV, XLSX, the shipped list) and works out what importing them would change."""
