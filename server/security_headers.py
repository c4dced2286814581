"""Sets the security headers of every response of the two web applications; called by the desk and by live.glass.

The common policy allows scripts, styles and fonts from this server only, and no inline script or style. Each
application adds what its own pages need.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response

# By this header of a response the desk tells the server's proxy what the session or key of the request allows
# (SIGNED_IN, MAY_UPLOAD). The proxy removes the header.
SESSION_HEADER = "X-Bangtin-Session"
SESSION_ADDRESS = "/desk/session"
SIGNED_IN, MAY_UPLOAD = "signed-in", "may-upload"
# By this header the desk tells the server how long an answer to anybody holds: "EPOCH REVISION UNTIL", with the
# store's epoch and revision and a time in ms since 1970. The server caches the answer and removes the header.
HOLDS_HEADER = "X-Bangtin-Holds"
# By this header the desk names a file of the media folder as the body of a response with status 200. The server sends
# the file, and removes the header.
FILE_HEADER = "X-Bangtin-File"
# The desk's session cookie with HTTP and with HTTPS; the server's proxy looks for both.
SESSION_COOKIE, SECURE_SESSION_COOKIE = "bangtin", "__Host-bangtin"

_COMMON_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    # Browsers count the WebSocket of this host and port as 'self' too.
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'self'",
)


def add_security_headers(app: Flask, policy: Sequence[str], *, referrer: str) -> None:
    """Sets the headers on every response of ``app`` that does not have them yet.

    ``policy``: Content-Security-Policy directives added to the common ones. ``referrer``: the Referrer-Policy.
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
