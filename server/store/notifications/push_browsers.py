"""The browsers that asked for Web Push, and the areas that they chose; called by desk.public, desk.areas and worker.

Addresses of browsers are never in the audit, a log or a page. Whoever knows an address may change its choices: only
the browser itself and its push service know it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from server.store.api.buckets import Taken, take_within
from server.store.database import references
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.database.locks import advisory_lock, retry_on_deadlock
from server.store.tables import push_browsers, push_choices

MOST_BROWSERS = 200_000
MOST_AREAS = 30
_LOCK = "push browsers"


class TooMany(Exception):  # noqa: N818 - the name says what has happened
    """There are `MOST_BROWSERS` browsers, or the browser has `MOST_AREAS` areas."""


class TooOften(Exception):  # noqa: N818 - the name says what has happened
    """The sender has used up its requests; it may send the next one in ``seconds``."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser's address at its push service. ``p256dh`` and ``auth`` are its keys, in base64url."""

    endpoint: str
    host: str
    p256dh: str
    auth: str
    language: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a request: the name of its bucket, and how many requests a minute it may send."""

    bucket: str
    per_minute: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """An area (its slug) whose urgent notices a browser gets, and whether also reminders of its deadlines."""

    area: str
    deadlines: bool


@retry_on_deadlock
def choose(db: Database, browser: Browser, choice: Choice, sender: Sender) -> None:
    """Store a browser, or its new keys, and that it wants the notices of the area in ``choice``.

    Replaces its earlier choice of this area. Raises TooOften; TooMany if there is no room for another browser, or for
    another area of this one; ValueError if the area is unknown.
    """
    _count_request(db, sender)
    with db.write() as conn:
        advisory_lock(conn, _LOCK)
        references.check_areas(conn, (choice.area,))
        id = _saved(conn, browser)
        mine = (push_choices.c.browser == id) & (push_choices.c.area == choice.area)
        if conn.execute(update(push_choices).where(mine).values(deadlines=choice.deadlines)).rowcount:
            return
        if _count(conn, push_choices.c.browser == id) >= MOST_AREAS:
            raise TooMany
        conn.execute(insert(push_choices).values(browser=id, area=choice.area, deadlines=choice.deadlines))


def choices(db: Database, endpoint: str, sender: Sender) -> tuple[Choice, ...]:
    """The choices of a browser, by slug; empty if it is unknown. Raises TooOften."""
    _count_request(db, sender)
    wanted = (
        select(push_choices.c.area, push_choices.c.deadlines)
        .join(push_browsers)
        .where(push_browsers.c.digest == digest(endpoint))
        .order_by(push_choices.c.area)
    )
    with db.read() as conn:
        return tuple(Choice(row.area, row.deadlines) for row in conn.execute(wanted))


@retry_on_deadlock
def renew(db: Database, former: str, browser: Browser, sender: Sender) -> None:
    """Give the choices of the address ``former`` to the new address of the same browser, and what waits to be sent.

    If the new address has choices already, they stay, and the former address is deleted. Raises NotFound if the
    former address has none, TooOften.
    """
    _count_request(db, sender)
    old, new = (push_browsers.c.digest == digest(one) for one in (former, browser.endpoint))
    with db.write() as conn:
        advisory_lock(conn, _LOCK)
        if conn.execute(select(push_browsers.c.id).where(old)).one_or_none() is None:
            raise NotFound("Không có địa chỉ nhận tin này")
        if former != browser.endpoint and conn.execute(select(push_browsers.c.id).where(new)).one_or_none():
            conn.execute(delete(push_browsers).where(old))
            return
        renewed = {"endpoint": browser.endpoint, "host": browser.host, "digest": digest(browser.endpoint)}
        keys = {"p256dh": browser.p256dh, "auth": browser.auth, "language": browser.language}
        conn.execute(update(push_browsers).where(old).values(renewed | keys))


@retry_on_deadlock
def end(db: Database, endpoint: str, area: str, sender: Sender) -> None:
    """Delete a browser's choice of ``area``, all of them if that is ""; with the last one the browser is deleted.

    Raises TooOften.
    """
    _count_request(db, sender)
    with db.write() as conn:
        id = conn.execute(
            select(push_browsers.c.id).where(push_browsers.c.digest == digest(endpoint))
        ).scalar_one_or_none()
        if id is None:
            return
        if area:
            conn.execute(delete(push_choices).where(push_choices.c.browser == id, push_choices.c.area == area))
        if not area or not _count(conn, push_choices.c.browser == id):
            conn.execute(delete(push_browsers).where(push_browsers.c.id == id))


def counts(db: Database) -> dict[str, int]:
    """Return area (slug) -> how many browsers get its urgent notices; areas without any are missing."""
    wanted = select(push_choices.c.area, func.count()).group_by(push_choices.c.area)
    with db.read() as conn:
        return {str(row[0]): int(row[1]) for row in conn.execute(wanted)}


def areas_with_reminders(db: Database) -> tuple[str, ...]:
    """The areas (slugs) of whose deadlines somebody wants to be reminded."""
    wanted = select(push_choices.c.area).where(push_choices.c.deadlines.is_(True)).distinct()
    with db.read() as conn:
        return tuple(conn.execute(wanted.order_by(push_choices.c.area)).scalars())


def digest(endpoint: str) -> str:
    """The SHA-256 of an address, by which it is found."""
    return sha256(endpoint.encode()).hexdigest()


def _count_request(db: Database, sender: Sender) -> None:
    """Take one request out of the sender's bucket, in a transaction of its own: a refused request counts, too."""
    with db.write() as conn:
        taken: Taken = take_within(conn, 0, sender.bucket, per_minute=sender.per_minute, most=1, now=sender.now)
    if not taken.count:
        raise TooOften(taken.seconds)


def _saved(conn: Connection, browser: Browser) -> int:
    """Insert or update the browser's row; returns its id. Raises TooMany."""
    values = {
        "host": browser.host,
        "endpoint": browser.endpoint,
        "p256dh": browser.p256dh,
        "auth": browser.auth,
        "language": browser.language,
    }
    known = push_browsers.c.digest == digest(browser.endpoint)
    renewed = update(push_browsers).where(known).values(values).returning(push_browsers.c.id)
    id: int | None = conn.execute(renewed).scalar_one_or_none()
    if id is not None:
        return id
    if conn.execute(select(func.count()).select_from(push_browsers)).scalar_one() >= MOST_BROWSERS:
        raise TooMany
    made = insert(push_browsers).values(values | {"digest": digest(browser.endpoint)})
    new: int = conn.execute(made.returning(push_browsers.c.id)).scalar_one()
    return new


def _count(conn: Connection, condition: ColumnElement[bool]) -> int:
    return conn.execute(select(func.count()).select_from(push_choices).where(condition)).scalar_one()
