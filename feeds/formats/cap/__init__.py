"""Reads warnings in the Common Alerting Protocol (CAP 1.0 to 1.2) and indexes of them; called through reader."""
