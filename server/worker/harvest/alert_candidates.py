"""Turns the state of a source's alerts into candidates for notices; called by alert_reconciler."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from server.core.alerts.document import Alert, Key
from server.core.alerts.state import AlertState
from server.core.alerts.wanted import Candidate, Reach

_NONE: frozenset[tuple[int, str]] = frozenset()


def candidates_of(
    state: AlertState,
    hidden: Mapping[Key, frozenset[tuple[int, str]]],
    reach: Callable[[Alert], tuple[Reach, ...]],
) -> Iterable[Candidate]:
    """Yields a candidate for each alert that is in force or waits for an editor's decision.

    ``reach`` returns the boards that an alert concerns. ``hidden`` maps a document to the (info, board) pairs that an
    editor took off.
    """
    for one in state.in_force:
        yield Candidate(one.alert, one.since, True, reach(one.alert), hidden.get(one.alert.key, _NONE))
    for draft in state.drafts:
        alert = draft.alert
        yield Candidate(alert, alert.received, False, reach(alert), hidden.get(alert.key, _NONE))
