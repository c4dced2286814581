"""Finds the area that an address of the desk names, and says who may change a plan; called by the views of areas."""

from __future__ import annotations

from flask import abort

from server.core.model import OutlinedArea
from server.desk.web.context import desk
from server.store.areas import areas
from server.store.areas_merge.plans import Plan
from server.store.database.errors import NotFound


def area_or_404(slug: str) -> OutlinedArea:
    """Returns the area with this slug; answers 404 if there is none, 403 if the user does not manage it."""
    try:
        area = areas.get(desk.db, slug)
    except NotFound:
        abort(404)
    desk.require("area.manage", area.slug)
    return area


def may_change(plan: Plan) -> bool:
    """True if the user manages both areas of a plan; an area that is no more, as after a merger, does not count."""
    left = [slug for slug in (plan.area, plan.target) if slug in desk.tree()]
    return bool(left) and all(desk.may("area.manage", slug) for slug in left)
