"""Security headers of the desk's answers; called by server.desk.app.

No trusted types: htmx inserts HTML that this server made, and that is its purpose.
"""

from __future__ import annotations

from flask import Flask, Response, request

from server import security_headers

_POLICY = ("img-src 'self' data: blob:", "media-src 'self' blob:", "frame-src 'self'")


def add_security_headers(app: Flask, *, tls: bool) -> None:
    """The common headers, no caching of anything but assets, and HSTS if the public address has TLS."""
    # Not "no-referrer": Flask-WTF checks the referrer of a form behind TLS.
    security_headers.add_security_headers(app, _POLICY, referrer="same-origin")

    @app.after_request
    def add(answer: Response) -> Response:
        if "/assets/" not in request.path:
            answer.headers.setdefault("Cache-Control", "no-store")
        if tls:
            answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return answer
