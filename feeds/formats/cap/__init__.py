"""Reads warnings in the Common Alerting Protocol (CAP 1.0, 1.1, 1.2) and their indexes; the entry is reader."""
