"""Which document took the place of which; called by the list and the page of alerts (view_model, alert_page).

The worker stores that a document was replaced and when, but not by which one. Here that one is found: it names the
document, itself or through others, and it acted at that moment. Drafts, Cancels and what ended for another reason do
not count.
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
    """True if the document has ended because a newer one of its source replaced it."""
    return row.state == "ended" and REPLACED in row.why


def replacements(rows: Sequence[AlertRow]) -> dict[int, tuple[int, str]]:
    """Number of each replaced document among ``rows`` -> (number, headline) of the one that replaced it.

    A document whose replacement is not among ``rows`` is left out.
    """
    naming = _naming(rows)
    found: dict[int, tuple[int, str]] = {}
    for row in filter(is_replaced, rows):
        one = next((one for one in _later(row, naming) if _acts(one) and _acts_at(one) == row.ended), None)
        if one is not None:
            found[row.document] = (one.document, one.title)
    return found


def _acts(row: AlertRow) -> bool:
    """True for what may have replaced another one: a draft does only if it tells the end of a danger."""
    acts = row.state in ("in_force", "ended") or (row.state == "draft" and takes_down(row.alert))
    return acts and row.alert.kind != "Cancel"


def _acts_at(row: AlertRow) -> datetime:
    """When the document replaces what it names: when it begins, or when an editor approved it after that."""
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
    """The documents that name this one, themselves or through others; the nearest first."""
    seen, waiting = {row.document}, deque([row])
    while waiting:
        earlier = waiting.popleft()
        for one in naming.get((earlier.source, earlier.alert.identifier), ()):
            if one.document not in seen and _names(one.alert, earlier.alert):
                seen.add(one.document)
                waiting.append(one)
                yield one


def _names(later: Alert, earlier: Alert) -> bool:
    """True if ``later`` refers to ``earlier``, or is a later version under the same name."""
    if (later.sender, later.identifier) == (earlier.sender, earlier.identifier):
        return later.sent > earlier.sent
    return any(reference.identifier == earlier.identifier for reference in later.references)
