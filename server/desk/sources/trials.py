"""Asks the worker to read an address once (a trial) and gets the outcome; called by the sources' views.

The desk itself fetches no foreign address, because a host that hangs would block one of its few threads. The page of
a trial reloads itself until the worker has finished.
"""

from __future__ import annotations

import secrets

from flask import abort, request
from flask_babel import gettext

from server.core.model import PageRules, Source
from server.core.sources.trials import Outcome, Trial, TrialKind
from server.desk.web.context import desk
from server.store.database.errors import NotFound
from server.store.sources import trials


def ask(kind: TrialKind, address: str, *, source: Source | None = None, page: PageRules | None = None) -> str:
    """Requests a trial of an address and returns the trial's key (32 hex digits).

    ``source`` is the source that the trial is about, None for an address that is not a source yet. ``page`` are the
    selectors to try. Raises TooMany, a StoreRefusal, if too many trials wait.
    """
    key = secrets.token_hex(16)
    slug = source.slug if source else None
    trials.ask(desk.db, Trial(key, desk.actor(), kind, address, slug, page, desk.now()))
    return key


def asked_for(kind: TrialKind, source: Source | None = None) -> Trial | None:
    """Returns the trial with the key in ``?trial=``; None if the request names none.

    Answers 404 for a trial of another person, another kind or another source.
    """
    key = request.args.get("trial", "")
    if not key:
        return None
    try:
        found = trials.get(desk.db, key, desk.actor())
    except NotFound:
        abort(404)
    if (found.kind, found.source) != (kind, source.slug if source else None):
        abort(404)
    return found


def outcome_of(trial: Trial | None) -> Outcome | None:
    """Returns the outcome of a trial (a single read by the worker) as far as it is known; None if none is known yet.

    Also returns None if ``trial`` is None. If the worker has not finished in time, returns an outcome whose
    ``problem`` says so.
    """
    if trial is None:
        return None
    found = trial.outcome
    if trial.waits(desk.now()) or (found is not None and found.complete):
        return found
    problem = gettext("Chưa đọc được: bộ đọc nguồn tin không trả lời.")
    return Outcome(trial.address, problem=problem, steps=found.steps if found else ())
