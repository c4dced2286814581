"""Finds the area that an address of the desk names, if the user manages it; called by the views of desk.areas."""

from __future__ import annotations

from flask import abort

from server.core.model import OutlinedArea
from server.desk.web.context import desk
from server.store.areas import areas
from server.store.database.errors import NotFound


def area_or_404(slug: str) -> OutlinedArea:
    """Returns the area with this slug; answers 404 if there is none, 403 if the user does not manage it."""
    try:
        area = areas.get(desk.db, slug)
    except NotFound:
        abort(404)
    desk.require("area.manage", area.slug)
    return area
