"""Adds security headers to the desk's answers; called by server.desk.app.

The policy does not require Trusted Types, because htmx works by inserting HTML that this server made.
"""

from __future__ import annotations

from flask import Flask, Response, request

from server import security_headers

_POLICY = ("img-src 'self' data: blob:", "media-src 'self' blob:", "frame-src 'self'", "manifest-src 'self'")


def add_security_headers(app: Flask, *, tls: bool) -> None:
    """Makes ``app`` add the security headers to each answer.

    An answer that is no asset and has no Cache-Control header of its view must not be stored by any cache. With
    ``tls`` (the public address uses https) HSTS is added. A header that the view has set is kept.
    """
    # "no-referrer" is not possible, because Flask-WTF checks the Referer header of forms that are sent by https.
    security_headers.add_security_headers(app, _POLICY, referrer="same-origin")

    @app.after_request
    def add(answer: Response) -> Response:
        if "/assets/" not in request.path:
            answer.headers.setdefault("Cache-Control", "no-store")
        if tls:
            answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return answer
