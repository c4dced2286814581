"""Cleans the items that the parsers return: text, dates, pictures, tables; called by feeds.reader."""
