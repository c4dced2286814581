"""Screens, their pairing and their receipts."""
