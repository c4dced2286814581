"""Headers of the desk's answers; called by desk_app.

Scripts and styles come from this server alone, and none stands in a page. No trusted types here: htmx puts the HTML
of this server into the page, and that is what it is for.
"""

from __future__ import annotations

from flask import Flask, Response, request

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self' ws: wss:",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)


def shield(app: Flask, *, tls: bool) -> None:
    """Adds the headers of TRUST (pages) to everything the application answers."""

    @app.after_request
    def add(answer: Response) -> Response:
        headers = answer.headers
        headers.setdefault("Content-Security-Policy", _POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")  # Flask-WTF checks the referrer behind TLS
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if "/assets/" not in request.path:
            headers.setdefault("Cache-Control", "no-store")
        if tls:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return answer
