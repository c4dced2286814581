"""Finds the boards that do not show a warning in force, because an editor ended it; called by store.alerts.polls.

A board without alerts says that there are none. The boards found here must not say so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, select

from server.core.alerts.board_places import boards_below
from server.core.alerts.document import Alert
from server.core.alerts.polls_view import TakenOff
from server.core.alerts.standing import REASONS, takes_down
from server.core.areas import AreaTree
from server.core.model import Board
from server.store.database.chunks import chunks
from server.store.tables import alert_decisions, alert_documents, alert_notices, alert_states, notices

_DOCUMENT, _STATE = alert_documents.c, alert_states.c
_NAME = ("source", "sender", "identifier", "sent")
_SAME = and_(*(_DOCUMENT[name] == alert_decisions.c[name] for name in _NAME))
_OPEN = ("in_force", "waiting", "draft")


def taken_off(
    conn: Connection, every: Collection[Board], tree: AreaTree, now: datetime
) -> dict[str, tuple[TakenOff, ...]]:
    """Return slug of a source -> its warnings that editors ended but that are in force for their issuer at ``now``.

    Exercises and tests are left out. A warning that an editor ended on all its boards counts for every board, because
    the boards that it concerned are no longer stored.
    """
    found: dict[str, list[TakenOff]] = {}
    everywhere = frozenset(board.slug for board in every)
    for source, until in _ended(conn, now):
        found.setdefault(source, []).append(TakenOff(everywhere, until))
    for one in _ended_in_areas(conn, now):
        slugs = frozenset[str]().union(*(boards_below(area, every, tree) for area in one.areas))
        found.setdefault(one.source, []).append(TakenOff(slugs, one.until))
    for source, boards, until in _cleared_notices(conn, now):
        found.setdefault(source, []).append(TakenOff(frozenset(boards), until))
    return {source: tuple(some) for source, some in found.items()}


def _ended(conn: Connection, now: datetime) -> Iterator[tuple[str, datetime]]:
    """Yields (source, time until which it is in force for its issuer) of each warning that an editor ended wholly.

    Includes discarded drafts. The worker stores that time a second or two after the decision
    (`core.alerts.state.Ended`). Before that, the stored ``until`` is the end by the document's own times.
    """
    wanted = (
        select(_DOCUMENT.source, _STATE.until, _STATE.why)
        .join(alert_states, _STATE.document == _DOCUMENT.id)
        .join(alert_decisions, _SAME)
        .where(alert_decisions.c.ended.is_not(None), _STATE.state.in_((*_OPEN, "ended")), _STATE.until > now)
    )
    for source, until, why in conn.execute(wanted):
        if isinstance(until, datetime) and not _is_test(why):
            yield source, until


def _is_test(why: object) -> bool:
    """Whether ``why``, the stored reasons for a document's state, say that it announces an exercise or a test."""
    return REASONS["drill"] in _words(why)


class _EndedInAreas(NamedTuple):
    """A warning in force until ``until`` that boards of ``areas`` (slugs) do not show; ``document`` is its number."""

    document: int
    source: str
    areas: tuple[str, ...]
    until: datetime


def _ended_in_areas(conn: Connection, now: datetime) -> list[_EndedInAreas]:
    decision = alert_decisions.c
    wanted = (
        select(_DOCUMENT.id, _DOCUMENT.source, _STATE.ended_in, decision.ended_in, decision.shown_in, _STATE.until)
        .join(alert_states, _STATE.document == _DOCUMENT.id)
        .join(alert_decisions, _SAME, isouter=True)
        .where(_STATE.state == "in_force", _STATE.until > now)
    )
    found = []
    for number, source, known, ended, shown, until in conn.execute(wanted):
        # The worker stores the effect of a decision about a second later; so both are read.
        areas = tuple(slug for slug in (*_words(known), *_words(ended)) if slug not in _words(shown))
        if areas and isinstance(until, datetime):
            found.append(_EndedInAreas(number, source, areas, until))
    warnings = _warnings(conn, [one.document for one in found])
    return [one for one in found if one.document in warnings]


def _warnings(conn: Connection, documents: Sequence[int]) -> frozenset[int]:
    """Return those of ``documents`` (numbers) that warn of a danger: no exercises, no messages that it is over.

    A document that cannot be read counts as a warning.
    """
    return frozenset(
        number
        for some in chunks(documents)
        for number, alert in conn.execute(select(_DOCUMENT.id, _DOCUMENT.document).where(_DOCUMENT.id.in_(some)))
        if not isinstance(alert, Alert) or not (alert.status == "Exercise" or takes_down(alert))
    )


def _cleared_notices(conn: Connection, now: datetime) -> Iterator[tuple[str, tuple[str, ...], datetime]]:
    """Yields (source, boards, end) of each warning whose notice or draft an editor ended or corrected as a notice.

    ``end`` is when the notice would have ended by itself. No decision on the document is stored then: it stays in
    force, waiting or a draft.
    """
    link, notice = alert_notices.c, notices.c
    wanted = (
        select(link.source, notice.boards, notice.until, _STATE.why)
        .join(notices, notice.id == link.notice)
        .join(alert_documents, and_(*(_DOCUMENT[name] == link[name] for name in _NAME)))
        .join(alert_states, _STATE.document == _DOCUMENT.id)
        .where(link.shown.in_(("live", "drafted")), notice.state.in_(("cleared", "corrected")), notice.until > now)
        .where(_STATE.state.in_(_OPEN), notice.calm.is_(False), notice.exercise.is_(False))
    )
    for source, boards, until, why in conn.execute(wanted):
        if isinstance(until, datetime) and not _is_test(why):
            yield source, _words(boards), until


def _words(stored: object) -> tuple[str, ...]:
    return stored if isinstance(stored, tuple) else ()
