"""Makes absolute URLs from ``server.public_url`` instead of the request's Host header; used by server.desk.app.

The sender of a request chooses the Host header. An attacker who requests a password reset for another person could
otherwise choose the host of the link in that person's mail.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

from flask import Flask, Response, abort, request
from pydantic import ValidationError

# Flask-Security compares the URLs of these endpoints with the requested URL. They use the request's host, so that
# signing in works at localhost as well.
_BY_REQUEST = frozenset({"security.login", "security.verify"})


class Application(Flask):
    """A Flask application whose absolute URLs begin with ``public_url``; with the request's host if that is ""."""

    public_url = ""
    # flask-openapi reads these two of the current application when it runs an operation of the API.
    validation_error_callback: Callable[[ValidationError], Response]
    validate_response = False

    def url_for(self, endpoint: str, **values: Any) -> str:
        if not (self.public_url and values.get("_external")) or endpoint in _BY_REQUEST:
            return super().url_for(endpoint, **values)
        return self.public_url + super().url_for(endpoint, **{**values, "_external": False})


def refuse_foreign_hosts(app: Flask, hosts: Container[str]) -> None:
    """Makes ``app`` answer 400 to a request whose Host header is not in ``hosts``.

    The server checks the Host header before it forwards a request. This check protects a desk that is reached without
    the server.
    """

    @app.before_request
    def check() -> None:
        if request.host not in hosts:
            abort(400)
