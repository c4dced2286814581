"""Rules of received alerts (CAP): state, level, times, languages, places and texts; no I/O and no clock.

A document is one CAP message (Alert, Update or Cancel); an info is one of its ``info`` elements, and ``info`` numbers
count them from 0.
"""
