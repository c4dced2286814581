"""Screens, their pairing, commands, receipts, proof of play and outages."""
