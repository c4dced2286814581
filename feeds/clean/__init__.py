"""Cleans what a format said: text, dates, pictures, tables."""
