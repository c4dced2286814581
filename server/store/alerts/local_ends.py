"""Ends an alert on the boards of some areas only, or takes that back, for an editor; called by server.desk."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from server.core.areas import AreaTree
from server.core.workflow import NotPossible
from server.store.alerts import alerts, showing
from server.store.alerts.alerts import NOT_ANY_MORE, AlertRow
from server.store.boards import boards
from server.store.database import references, revision
from server.store.database.engine import Database
from server.store.database.locks import retry_on_deadlock


@retry_on_deadlock
def end_here(
    db: Database, document: int, areas: Collection[str], tree: AreaTree, *, actor: str, now: datetime
) -> None:
    """Take an alert that is in force or waiting off the boards of ``areas`` and of the areas below them, at once.

    Other boards still show it. A later document that updates it is not shown there either, unless it is graver
    (core.alerts.local_ends). Raises NotFound; NotPossible if the alert is over, or ended in all ``areas`` already;
    ValueError if ``areas`` is empty or names an unknown area.
    """
    every = {board.slug: board.area for board in boards.all(db)}
    gone = {slug for slug, area in every.items() if not set(areas).isdisjoint(tree.chain(area))}
    with db.write() as conn:
        references.check_areas(conn, areas)
        row = alerts.decide(conn, document, "alert.end-here", lambda row: _moved(row, areas, ends=True), actor, now)
        if showing.clear_on(conn, row.alert.key, gone, every, actor, now):
            revision.bump(conn, revision.NOTICES)


@retry_on_deadlock
def show_here(db: Database, document: int, areas: Collection[str], *, actor: str, now: datetime) -> None:
    """Take back that an alert was ended on the boards of ``areas``; the worker shows it there again.

    Raises NotFound; NotPossible if the alert is over, or ended in none of ``areas``; ValueError if ``areas`` is empty
    or names an unknown area.
    """
    with db.write() as conn:
        references.check_areas(conn, areas)
        alerts.decide(conn, document, "alert.show-here", lambda row: _moved(row, areas, ends=False), actor, now)


def _moved(row: AlertRow, areas: Collection[str], *, ends: bool) -> dict[str, object]:
    """The new values of the decision's fields ``ended_in`` and ``shown_in``, by name.

    Moves ``areas`` to ``ended_in`` if ``ends``, else to ``shown_in``. Raises NotPossible if none of them changes.
    """
    changed = [slug for slug in areas if (slug in row.ended_in) != ends]
    if not changed:
        raise NotPossible(NOT_ANY_MORE)
    ended, shown = (row.decision.ended_in, row.decision.shown_in) if row.decision else ((), ())
    others = {
        "ended_in": [slug for slug in ended if slug not in changed],
        "shown_in": [slug for slug in shown if slug not in changed],
    }
    others["ended_in" if ends else "shown_in"] += changed
    return {name: tuple(slugs) for name, slugs in others.items()}
