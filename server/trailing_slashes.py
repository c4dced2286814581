"""Redirects addresses that end in a slash too many to the page that exists; called by the desk and processes.server.

People and programs write "/board/xa-minh-tan/" for "/board/xa-minh-tan".
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, redirect, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response

_PERMANENT = 308


def redirect_trailing_slashes(app: Flask) -> None:
    """Answers GET requests for an unknown path that ends in "/" with a redirect, if it is known without the slash."""

    @app.before_request
    def without_slash() -> Response | None:
        path = request.path.rstrip("/")
        if request.method not in ("GET", "HEAD") or path == request.path or not path:
            return None
        if not isinstance(request.routing_exception, NotFound) or not _is_known(app, path):
            return None
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        return redirect(f"{quote(path)}{query}", _PERMANENT)


def _is_known(app: Flask, path: str) -> bool:
    adapter = app.create_url_adapter(request)
    try:
        return adapter is not None and bool(adapter.match(path, method="GET"))
    except HTTPException:  # also a redirect of the router, such as for "//"
        return False
