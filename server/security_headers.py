"""Security headers that every answer of both web applications carries; called by the desk and by live.glass.

Each application adds what its own pages need to the policy of both: scripts, styles and fonts come from this server
alone, and no page contains an inline script or style.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response

_COMMON_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "connect-src 'self' ws: wss:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'self'",
)


def add_security_headers(app: Flask, policy: Sequence[str], *, referrer: str) -> None:
    """Sets the headers on every answer of ``app`` that does not have them yet.

    ``policy``: Content-Security-Policy directives beside the common ones. ``referrer``: the Referrer-Policy.
    """
    headers = {
        "Content-Security-Policy": "; ".join((*_COMMON_POLICY, *policy)),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": referrer,
        "Cross-Origin-Opener-Policy": "same-origin",
    }

    @app.after_request
    def add(answer: Response) -> Response:
        for name, value in headers.items():
            answer.headers.setdefault(name, value)
        return answer
