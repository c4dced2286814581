"""The security headers of the pages of screens and public boards; used by server.processes.server."""

from __future__ import annotations

from flask import Flask

from server import security_headers

_POLICY = (
    "img-src 'self' data:",
    "media-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types bangtin",
)


def add_security_headers(app: Flask) -> None:
    """Adds the headers common to both web processes, and the Content-Security-Policy of screens and public boards."""
    security_headers.add_security_headers(app, _POLICY, referrer="no-referrer")
