"""Stores deliveries to webhooks: which are due, the outcomes, the log; called by worker.deliveries and the desk.

A worker takes a whole webhook for itself, not a delivery: so each receiver gets one request at a time, and two
workers never send the same. If a worker dies, the webhook is free again after `CLAIM`, and the delivery that it was
sending is sent again under the same id.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, insert, literal, or_, select, update

from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import NotFound, NotLive
from server.store.database.forgetting import delete_where
from server.store.notifications import webhooks as stored
from server.store.notifications.webhooks_distribution import Report, new_delivery
from server.store.tables import columns_of, webhook_deliveries, webhooks
from server.store.tables.columns import Utc
from server.store.tables.webhooks import DeliveryState

CLAIM = timedelta(seconds=60)
"""For how long a worker has a webhook for itself from each request on: longer than a request can take."""
LONGEST_WAIT = timedelta(hours=24)
TEST = "webhook.test"
"""The kind of a delivery that a keeper has asked for, to try a receiver."""
_C, _HOOK = webhook_deliveries.c, webhooks.c


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as a line of its webhook's log.

    ``kind`` is an `EventKind` or `TEST`, ``title`` the headline or name.

    ``state`` "waiting" has a time ``due``; "obsolete" was not sent, because a later event contradicts it. The field
    ``obsolete`` says the same of deliveries in every state: they must not be sent again.
    ``tries`` is how many attempts have failed. Of the last attempt, at ``last_try``: ``status`` is the HTTP status,
    None if there was no answer; ``error`` says why it failed, "" unless one did: "http", "off", "gone" or a code of
    feeds.errors.
    """

    id: int
    webhook: int
    kind: str
    title: str
    created: datetime
    state: DeliveryState
    due: datetime | None
    tries: int
    last_try: datetime | None
    status: int | None
    error: str
    obsolete: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """A delivery that is to be sent now. ``old_secret`` is "" unless the former secret is still valid."""

    id: int
    webhook: int
    kind: str
    message: str
    body: str
    tries: int
    url: str
    secret: str
    old_secret: str
    told: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of an attempt: the state of the delivery afterwards, and the values of its line in the log.

    ``due`` is the time of the next attempt, if the state is "waiting". Until ``not_before`` the receiver wants no
    request at all.
    """

    state: DeliveryState
    status: int | None = None
    error: str = ""
    due: datetime | None = None
    not_before: datetime | None = None


def ready(db: Database, now: datetime) -> tuple[int, ...]:
    """Return the ids of the webhooks that have a delivery due and that no worker has claimed."""
    wanted = select(_C.webhook).join(webhooks, _HOOK.id == _C.webhook).where(_free(now), _due(now)).distinct()
    with db.read() as conn:
        return tuple(conn.execute(wanted.order_by(_C.webhook)).scalars())


def claim(db: Database, webhook: int, now: datetime) -> bool:
    """Claim a webhook for this worker; False if another worker has claimed it."""
    taking = update(webhooks).where(_HOOK.id == webhook, _free(now)).values(claimed=now + CLAIM)
    with db.write() as conn:
        return conn.execute(taking).rowcount == 1


def release(db: Database, webhook: int) -> None:
    """Give up this worker's claim on a webhook, so that other workers may claim it."""
    with db.write() as conn:
        conn.execute(update(webhooks).where(_HOOK.id == webhook).values(claimed=None))


def next_due(db: Database, webhook: int, now: datetime) -> Attempt | None:
    """Return the next delivery to a webhook: one about a notice first, else the oldest; None if none is due."""
    former = case((_HOOK.old_until > now, _HOOK.old_secret), else_="").label("old_secret")
    own = (_C.id, _C.webhook, _C.kind, _C.message, _C.body, _C.tries, _HOOK.url, _HOOK.secret, former, _HOOK.told)
    first = case((_C.kind.startswith("notice."), 0), else_=1)
    wanted = select(*own).join(webhooks, _HOOK.id == _C.webhook).where(_C.webhook == webhook, _wanted(now), _due(now))
    with db.read() as conn:
        row = conn.execute(wanted.order_by(first, _C.id).limit(1)).one_or_none()
    return None if row is None else as_value(Attempt, row)


def note(db: Database, attempt: Attempt, outcome: Outcome, now: datetime) -> None:
    """Store the outcome of an attempt, and extend the worker's claim on the webhook."""
    values = {
        "state": outcome.state,
        "status": outcome.status,
        "error": outcome.error,
        "due": outcome.due,
        "tries": attempt.tries + (outcome.state != "sent"),
        "last_try": now,
    }
    # What was sent is noted as sent, even if meanwhile it became obsolete or the webhook was switched off.
    mine = (_C.id == attempt.id,) if outcome.state == "sent" else (_C.id == attempt.id, _C.state == "waiting")
    with db.write() as conn:
        conn.execute(update(webhook_deliveries).where(*mine).values(values))
        hook = {"claimed": now + CLAIM, "not_before": outcome.not_before}
        conn.execute(update(webhooks).where(_HOOK.id == attempt.webhook).values(hook))


def _due(now: datetime) -> ColumnElement[bool]:
    # A time further ahead than any wait was written while the clock was ahead.
    ahead = literal(now + LONGEST_WAIT + CLAIM, Utc())
    return and_(_C.state == "waiting", or_(_C.due <= now, _C.due > ahead))


def _wanted(now: datetime) -> ColumnElement[bool]:
    """Return the SQL condition of webhooks to which a request may be sent now."""
    at = _HOOK.not_before
    return and_(stored.in_use(), or_(at.is_(None), at <= now, at > literal(now + LONGEST_WAIT + CLAIM, Utc())))


def _free(now: datetime) -> ColumnElement[bool]:
    at = _HOOK.claimed
    return and_(_wanted(now), or_(at.is_(None), at <= now, at > literal(now + CLAIM, Utc())))


# The log


def log(db: Database, webhook: int, *, most: int) -> tuple[Delivery, ...]:
    """Return the newest ``most`` deliveries of a webhook, newest first."""
    wanted = select(*columns_of(webhook_deliveries, Delivery)).where(_C.webhook == webhook)
    with db.read() as conn:
        return as_values(Delivery, conn.execute(wanted.order_by(_C.id.desc()).limit(most)))


def counts(db: Database, webhooks_of: Collection[int]) -> dict[int, dict[str, int]]:
    """Return, for each webhook id, the number of its deliveries in each state: {webhook: {state: number}}."""
    wanted = select(_C.webhook, _C.state, func.count()).where(_C.webhook.in_(list(webhooks_of)))
    found: dict[int, dict[str, int]] = {}
    with db.read() as conn:
        for webhook, state, count in conn.execute(wanted.group_by(_C.webhook, _C.state)):
            found.setdefault(webhook, {})[state] = count
    return found


def test(db: Database, webhook: int, report: Report, now: datetime) -> None:
    """Make a delivery of ``report`` that is due at once. Raises NotFound, or NotLive if the webhook is off."""
    with db.write() as conn:
        _need_in_use(stored.locked(conn, webhook))
        conn.execute(insert(webhook_deliveries), [new_delivery(webhook, TEST, "", report, now)])


def resend(db: Database, webhook: int, id: int, *, actor: str, now: datetime) -> None:
    """Make a delivery that was sent or given up due again, under the same id and with all attempts left.

    No effect if it waits already. Raises NotFound if the webhook has no such delivery; NotLive if the webhook is
    switched off, or if a later event of the same subject contradicts the delivery.
    """
    with db.write() as conn:
        _need_in_use(stored.locked(conn, webhook))
        mine = (_C.id == id, _C.webhook == webhook)
        row = conn.execute(select(_C.state, _C.obsolete).where(*mine)).one_or_none()
        if row is None:
            raise NotFound(f"Không có lần báo số {id}")
        if row.obsolete:
            raise NotLive("Việc này đã có tin mới hơn, nên không gửi lại tin cũ")
        if row.state == "waiting":
            return
        again = {"state": "waiting", "due": now, "tries": 0, "error": "", "status": None}
        conn.execute(update(webhook_deliveries).where(*mine).values(again))
        stored.record_resend(conn, webhook, actor, now)


def _need_in_use(hook: stored.Webhook) -> None:
    if hook.off is not None:
        raise NotLive("Nơi nhận này đang dừng: hãy bật lại trước")


def forget(db: Database, *, before: datetime) -> int:
    """Delete deliveries made before ``before`` that wait no more; returns how many."""
    return delete_where(db, webhook_deliveries, and_(_C.created < before, _C.state != "waiting"))
