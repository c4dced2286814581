"""Reads which boards lack a warning that is in force because an editor took it off; called by store.alerts.polls.

Such a board shows no alert and must not say that there is none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, select

from server.core.alerts.board_places import boards_below
from server.core.alerts.document import Alert
from server.core.alerts.polls_view import TakenOff
from server.core.alerts.standing import takes_down
from server.core.areas import AreaTree
from server.core.model import Board
from server.store.tables import alert_decisions, alert_documents, alert_notices, alert_states, notices

_NAME = ("source", "sender", "identifier", "sent")
_SAME = and_(*(alert_documents.c[name] == alert_decisions.c[name] for name in _NAME))
_OPEN = ("in_force", "waiting", "draft")
# How long a warning counts that does not say when it expires, from when it was sent.
_WITHOUT_EXPIRES = timedelta(hours=24)


def taken_off(
    conn: Connection, every: Collection[Board], tree: AreaTree, now: datetime
) -> dict[str, tuple[TakenOff, ...]]:
    """The slug of a source -> its warnings that editors ended and that are in force for their issuer at ``now``.

    One that was ended everywhere counts on all boards, because it is no longer known which ones it concerned.
    """
    found: dict[str, list[TakenOff]] = {}
    everywhere = frozenset(board.slug for board in every)
    for source, alert in _ended(conn):
        found.setdefault(source, []).append(TakenOff(everywhere, _expiry(alert)))
    for source, areas, until in _ended_in_areas(conn):
        slugs = frozenset[str]().union(*(boards_below(area, every, tree) for area in areas))
        found.setdefault(source, []).append(TakenOff(slugs, until))
    for source, notice_boards, until in _cleared_notices(conn, now):
        found.setdefault(source, []).append(TakenOff(frozenset(notice_boards), until))
    return {source: tuple(some) for source, some in found.items()}


def _ended(conn: Connection) -> Sequence[tuple[str, Alert]]:
    """The source and the document of each warning that an editor ended or discarded."""
    wanted = select(alert_documents.c.source, alert_documents.c.document).join(alert_decisions, _SAME)
    rows = conn.execute(wanted.where(alert_decisions.c.ended.is_not(None))).all()
    return [(source, alert) for source, alert in rows if isinstance(alert, Alert) and not takes_down(alert)]


def _ended_in_areas(conn: Connection) -> Sequence[tuple[str, tuple[str, ...], datetime]]:
    """(source, areas, end) of each warning in force that does not show in some areas."""
    state, decision = alert_states.c, alert_decisions.c
    wanted = (
        select(alert_documents.c.source, state.ended_in, decision.ended_in, decision.shown_in, state.until)
        .join(alert_states, state.document == alert_documents.c.id)
        .join(alert_decisions, _SAME, isouter=True)
        .where(state.state == "in_force")
    )
    found = []
    for source, known, ended, shown, until in conn.execute(wanted):
        # The worker finds out within a second what was decided.
        areas = tuple(slug for slug in (*_words(known), *_words(ended)) if slug not in _words(shown))
        if areas and isinstance(until, datetime):
            found.append((source, areas, until))
    return found


def _cleared_notices(conn: Connection, now: datetime) -> Sequence[tuple[str, tuple[str, ...], datetime]]:
    """(source, boards, end) of each notice of a warning that an editor ended as a notice, or discarded as a draft.

    This makes no decision on the document, which stays in force, waiting or a draft.
    """
    link, document, notice = alert_notices.c, alert_documents.c, notices.c
    wanted = (
        select(link.source, notice.boards, notice.until)
        .join(notices, notice.id == link.notice)
        .join(alert_documents, and_(*(document[name] == link[name] for name in _NAME)))
        .join(alert_states, alert_states.c.document == document.id)
        .where(link.shown.in_(("live", "drafted")), notice.state.in_(("cleared", "corrected")), notice.until > now)
        .where(alert_states.c.state.in_(_OPEN), notice.calm.is_(False), notice.exercise.is_(False))
    )
    rows = conn.execute(wanted).all()
    return [(source, _words(slugs), until) for source, slugs, until in rows if isinstance(until, datetime)]


def _words(stored: object) -> tuple[str, ...]:
    return stored if isinstance(stored, tuple) else ()


def _expiry(alert: Alert) -> datetime:
    return max(
        (info.expires or alert.sent + _WITHOUT_EXPIRES for info in alert.infos), default=alert.sent + _WITHOUT_EXPIRES
    )
