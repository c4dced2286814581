"""Finds the document that replaced another one of an alert; called by view_model (the list) and alert_page.

The worker stores that a document was replaced, and when, but not by which document. This module finds that document:
it refers to the replaced one, directly or through other documents, and took effect at that moment. Cancels are not
considered, nor are drafts, except one that says that a danger is over.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from server.core.alerts.document import Alert
from server.core.alerts.standing import takes_down
from server.core.alerts.times import span_of_alert
from server.desk.notices.alerts.access import access
from server.store.alerts.alerts import AlertRow

REPLACED = "Nguồn đã thay bằng bản mới."
"""The reason that the worker stores for a document that another one replaced."""


def is_replaced(row: AlertRow) -> bool:
    """True if the document ended because a newer one of its source replaced it."""
    return row.state == "ended" and REPLACED in row.why


def replacements(rows: Sequence[AlertRow]) -> dict[int, tuple[int, str]]:
    """Returns number of each replaced document in ``rows`` -> (number, headline) of the document that replaced it.

    A document whose replacement is not in ``rows`` is left out.
    """
    naming = _naming(rows)
    found: dict[int, tuple[int, str]] = {}
    for row in filter(is_replaced, rows):
        one = next((one for one in _later(row, naming) if _acts(one) and _acts_at(one) == row.ended), None)
        if one is not None:
            found[row.document] = (one.document, one.title)
    return found


def _acts(row: AlertRow) -> bool:
    """True if the document may have replaced another one.

    It is or was in force and is not a Cancel; a draft qualifies only if it says that a danger is over.
    """
    acts = row.state in ("in_force", "ended") or (row.state == "draft" and takes_down(row.alert))
    return acts and row.alert.kind != "Cancel"


def _acts_at(row: AlertRow) -> datetime:
    """Returns when the document replaced those it refers to: at its beginning, or at an editor's later approval."""
    start = span_of_alert(row.alert, access().rules_of(row.source)).start
    approved = row.decision.approved if row.decision is not None else None
    return start if approved is None else max(start, approved)


_Naming = Mapping[tuple[str, str], Sequence[AlertRow]]
"""Source and identifier -> the documents that name it, or bear it themselves."""


def _naming(rows: Iterable[AlertRow]) -> _Naming:
    found: dict[tuple[str, str], list[AlertRow]] = {}
    for row in rows:
        for identifier in {row.alert.identifier, *(one.identifier for one in row.alert.references)}:
            found.setdefault((row.source, identifier), []).append(row)
    return found


def _later(row: AlertRow, naming: _Naming) -> Iterator[AlertRow]:
    """Yields the documents in ``naming`` that refer to ``row``, directly or through others, the nearest first."""
    seen, waiting = {row.document}, deque([row])
    while waiting:
        earlier = waiting.popleft()
        for one in naming.get((earlier.source, earlier.alert.identifier), ()):
            if one.document not in seen and _names(one.alert, earlier.alert):
                seen.add(one.document)
                waiting.append(one)
                yield one


def _names(later: Alert, earlier: Alert) -> bool:
    """True if ``later`` refers to ``earlier``, or has the same sender and identifier but was sent later."""
    if (later.sender, later.identifier) == (earlier.sender, earlier.identifier):
        return later.sent > earlier.sent
    return any(reference.identifier == earlier.identifier for reference in later.references)
