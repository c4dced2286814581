"""Redirects addresses of areas that were merged into others to those of the area of today; set up by server.desk.app.

Old links, bookmarks and subscriptions go on: /area/OLD/feed.atom, /areas/OLD/alerts.atom, /push/OLD. The redirect is
temporary, because a merger may be undone.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue

from server.desk.web.context import desk
from server.store.areas import former

_OF_AREA = re.compile(r"/(area|areas|push|desk/areas)/([^/]+)(/.*)?")


def redirect_former_areas(app: Flask) -> None:
    """Adds the redirect to every request of the application whose address names an area that is not in use."""
    app.before_request(_redirected)


def _redirected() -> ResponseReturnValue | None:
    if request.method not in ("GET", "HEAD"):
        return None
    found = _OF_AREA.fullmatch(request.path)
    if found is None or "slug" not in (request.view_args or {}) or found[2] in desk.tree():
        return None
    today = former.heirs(desk.db).get(found[2])
    if today is None:
        return None
    query = request.query_string.decode("latin-1")
    return redirect(f"/{found[1]}/{quote(today)}{found[3] or ''}{'?' if query else ''}{query}", 307)
