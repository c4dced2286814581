"""Lists received alerts; called by the desk for its page of alerts and the pages of their sources."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import case, func, select

from server.store.alerts.alerts import ROWS, AlertRow, rows_of
from server.store.database.engine import Database
from server.store.tables import alert_documents, alert_states

ENDED_FOR = timedelta(hours=24)
"""How long alerts that have ended are listed."""
MOST_LISTED = 500
"""How many alerts of each state are listed."""
_LISTED = ("in_force", "waiting", "draft", "ended", "refused")
_ORDER = {state: place for place, state in enumerate(_LISTED)}


class AlertList(NamedTuple):
    """The result of `listing`. ``whole`` is False if rows are missing: too many in one state, or unreadable ones."""

    rows: tuple[AlertRow, ...]
    whole: bool


def listing(db: Database, now: datetime, *, source: str | None = None, most: int = MOST_LISTED) -> AlertList:
    """Returns the alerts in force, then the waiting, the drafts, those that ended and those that were refused.

    Within a state the newest come first. Alerts that ended or were refused are listed for 24 hours; one that an
    editor ended is listed as long as it is in force for its issuer. With ``source`` (a slug), only alerts of this
    source are listed. At most ``most`` alerts of each state are listed, so that many alerts of one state do not push
    out those of another. Documents that cannot be read are left out.
    """
    states, sent = alert_states.c, alert_documents.c.sent
    recent = states.state.in_(("in_force", "waiting", "draft")) | (
        states.state.in_(("ended", "refused"))
        & (
            (states.ended > now - ENDED_FOR)
            | (alert_documents.c.received > now - ENDED_FOR)
            # What an editor ended may be in force for its issuer much longer.
            | (states.until > now)
        )
    )
    place = func.row_number().over(partition_by=states.state, order_by=(sent.desc(), states.document.desc()))
    placed = (
        select(states.document, place.label("place"))
        .join(alert_documents, alert_documents.c.id == states.document)
        .where(recent if source is None else recent & (alert_documents.c.source == source))
        .subquery()
    )
    wanted = (
        ROWS.add_columns(placed.c.place)
        .join(placed, placed.c.document == states.document)
        .where(placed.c.place <= most + 1)
        .order_by(case(_ORDER, value=states.state), sent.desc())
    )
    with db.read() as conn:
        found = conn.execute(wanted).mappings().all()
        rows = rows_of(conn, [row for row in found if row["place"] <= most])
    return AlertList(rows, len(rows) == len(found))
