"""Tells alerts that nobody can be shown until an editor chooses areas for them; called by worker and store.alerts."""

from __future__ import annotations

from server.core.alerts.standing import REASONS


def is_placeless(state: object, why: object) -> bool:
    """Whether a document in ``state`` for the reasons ``why`` (Vietnamese sentences) is a draft without a place."""
    return state == "draft" and isinstance(why, tuple) and REASONS["no-place"] in why


def alert_link(document: int) -> str:
    """The path of the page of an alert at the desk: the link of the messages about it."""
    return f"/desk/alerts/{document}"
