"""Absolute URLs made from ``server.public_url`` instead of the request's Host header; used by server.desk.app.

The sender of a request chooses the Host header: somebody who asks for a new password for another person must not
choose where the link in that mail leads.
"""

from __future__ import annotations

from typing import Any

from flask import Flask

# Flask-Security compares these URLs with the requested one to redirect back: localhost must work there as well.
_BY_REQUEST = frozenset({"security.login", "security.verify"})


class Application(Flask):
    """Flask with a public address in ``public_url``; if that is "", absolute URLs use the host of the request."""

    public_url = ""

    def url_for(self, endpoint: str, **values: Any) -> str:
        if not (self.public_url and values.get("_external")) or endpoint in _BY_REQUEST:
            return super().url_for(endpoint, **values)
        return self.public_url + super().url_for(endpoint, **{**values, "_external": False})
