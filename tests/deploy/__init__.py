"""Tests of what deploy/ ships: nginx with TLS in front of a real server, units, containers, the kiosk."""
