"""WSGI middleware that refuses sign-ins while too many others wait for their password hash; added by server.desk.app.

The refused requests do not reach Flask. If hundreds of clients guess passwords at once, each request would otherwise
occupy a thread of the desk until Flask refuses it, and editors would have to wait for their pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

SIGN_IN = "/desk/login"


class OverloadMiddleware:
    """Passes requests on to ``app``, but answers the POST of a sign-in by 503 while ``is_full()`` is true.

    ``page`` returns the body for a language, "vi" or "en"; ``wait`` is the value of Retry-After in seconds.
    """

    def __init__(
        self, app: WSGIApplication, is_full: Callable[[], bool], page: Callable[[str], bytes], wait: int
    ) -> None:
        self._app, self._is_full, self._wait = app, is_full, wait
        self._pages = {language: page(language) for language in ("vi", "en")}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        signs_in = environ.get("REQUEST_METHOD") == "POST" and environ.get("PATH_INFO") == SIGN_IN
        if not (signs_in and self._is_full()):
            return self._app(environ, start_response)
        body = self._pages["en" if "language=en" in environ.get("HTTP_COOKIE", "") else "vi"]
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Retry-After", str(self._wait)),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'self'"),
        ]
        start_response("503 Service Unavailable", headers)
        return [body]
