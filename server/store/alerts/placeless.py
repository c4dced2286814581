"""Recognises alerts that no board can show until an editor chooses areas; called by worker and store.alerts."""

from __future__ import annotations

from server.core.alerts.standing import REASONS


def is_placeless(state: object, why: object) -> bool:
    """Whether a document is a draft because no place in it can be read.

    ``state`` and ``why``, the reasons as Vietnamese sentences, are as stored in ``alert_states``.
    """
    return state == "draft" and isinstance(why, tuple) and REASONS["no-place"] in why


def alert_link(document: int) -> str:
    """The path of an alert's page at the desk, by which messages about the alert are stored and settled."""
    return f"/desk/alerts/{document}"
