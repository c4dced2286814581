"""Whole addresses: from ``server.public_url`` and never from what a request calls this host.

A Host header is the sender's to choose: who asks for a new password for somebody else must not choose where the
letter leads. Called by desk_app.
"""

from __future__ import annotations

from typing import Any

from flask import Flask

# Flask-Security compares these with the address that was asked, to send people back there: by localhost as well.
COMPARED = frozenset({"security.login", "security.verify"})


class Application(Flask):
    """Flask, which knows its public address once ``public_url`` is set; "" is the host of the request."""

    public_url = ""

    def url_for(self, endpoint: str, **given: Any) -> str:
        if not (self.public_url and given.get("_external")) or endpoint in COMPARED:
            return super().url_for(endpoint, **given)
        return self.public_url + super().url_for(endpoint, **{**given, "_external": False})
