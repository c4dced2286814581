"""Stores trials: addresses that the worker reads once, so that a person sees whether they work as a source.

Called by the desk and worker.harvest.trials.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from server.core.sources.trials import LONGEST, Outcome, Trial
from server.store.database.claims import claim_next
from server.store.database.decoding import as_value
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreRefusal
from server.store.tables import columns_of, trials, values_of

KEPT = timedelta(hours=1)
MOST_AT_ONCE = 4
_ALL = select(*columns_of(trials, Trial))


class TooMany(StoreRefusal):
    """The person already waits for four trials."""


def ask(db: Database, trial: Trial) -> None:
    """Add a trial for the worker, and delete all trials older than an hour.

    Raises TooMany if the person already waits for four trials.
    """
    with db.write() as conn:
        conn.execute(delete(trials).where(trials.c.made < trial.made - KEPT))
        mine = (trials.c.person == trial.person) & trials.c.complete.is_(False)
        waiting = select(func.count()).where(mine, trials.c.made > trial.made - LONGEST)
        if conn.execute(waiting).scalar_one() >= MOST_AT_ONCE:
            raise TooMany("Bạn đang chờ nhiều địa chỉ chưa đọc xong; hãy đợi chúng trả lời")
        conn.execute(insert(trials).values(values_of(trial)))


def get(db: Database, key: str, person: str) -> Trial:
    """The trial with this key, if ``person`` made it. Raises NotFound, also if its row cannot be read."""
    with db.read() as conn:
        row = conn.execute(_ALL.where(trials.c.key == key, trials.c.person == person)).one_or_none()
    if row is None:
        raise NotFound("Không có lần thử này")
    return as_value(Trial, row)


def claim(db: Database, now: datetime) -> Trial | None:
    """Mark the trial that has waited longest as taken by the calling worker, and return it; None if none waits.

    Trials that have waited for more than LONGEST are not taken.
    """
    waiting = _ALL.where(trials.c.begun.is_(None), trials.c.made > now - LONGEST)
    return claim_next(db, Trial, trials, waiting.order_by(trials.c.made, trials.c.key), {"begun": now})


def save(db: Database, key: str, outcome: Outcome) -> None:
    """Store the outcome of a trial; the worker calls it repeatedly until ``outcome.complete``."""
    with db.write() as conn:
        mine = update(trials).where(trials.c.key == key)
        conn.execute(mine.values(outcome=outcome, complete=outcome.complete))
