"""Cleans raw items: text, dates, pictures, tables."""
