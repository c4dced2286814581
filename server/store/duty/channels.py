"""Stores the channels of alarms and their secrets; called by desk.duty and worker.deliveries.

Each change is one transaction with its audit record, which never holds a secret. Zalo's two tokens are replaced
together: the one that renews is valid only once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from server.core.duty.plan import Channel, ChannelKind
from server.store.audit import audit
from server.store.database import references
from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.people import messages
from server.store.tables import alarm_deliveries, alarm_targets, columns_of, duty_channels

_C = duty_channels.c
_ALL = select(*columns_of(duty_channels, Channel))


@dataclass(frozen=True, slots=True)
class Settings:
    """What a keeper enters about a channel, without secrets."""

    kind: ChannelKind
    name: str
    areas: tuple[str, ...]
    address: str
    person: str = ""
    urgent_only: bool = False


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of a channel. Telegram: ``secret`` is the bot's token. Zalo: all; ``secret`` is the access token.

    ``renewal`` is the refresh token, ``secret_until`` when the access token ends, None if unknown.
    """

    secret: str = ""
    renewal: str = ""
    app: str = ""
    app_secret: str = ""
    secret_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _AuditedChannel:
    """The fields of a channel that the audit records."""

    kind: ChannelKind
    name: str
    areas: tuple[str, ...]
    person: str
    urgent_only: bool
    off: bool


def target_of(id: int) -> str:
    """Returns the name of a channel as a target of deliveries."""
    return f"channel:{id}"


def link_of(id: int) -> str:
    """Returns the path of a channel's page at the desk, which is the link of the messages about it."""
    return f"/desk/duty/channels/{id}"


def make(db: Database, wanted: Settings, secrets: Secrets, *, actor: str, now: datetime) -> Channel:
    """Add a channel. Raises ValueError for an unknown area."""
    with db.write() as conn:
        references.check_areas(conn, wanted.areas)
        values = _columns(wanted) | _secret_columns(secrets) | {"made": now, "made_by": actor}
        id: int = conn.execute(insert(duty_channels).values(values).returning(_C.id)).scalar_one()
        after = _one(conn, id)
        _record(conn, "duty_channel.make", None, after, actor, now)
        return after


def change(db: Database, id: int, wanted: Settings, secrets: Secrets | None, *, actor: str, now: datetime) -> Channel:
    """Change a channel; ``secrets`` None keeps those it has. Raises NotFound, or ValueError for an unknown area."""
    with db.write() as conn:
        references.check_areas(conn, wanted.areas)
        before = _one(conn, id)
        values = _columns(wanted) | (_secret_columns(secrets) if secrets else {})
        conn.execute(update(duty_channels).where(_C.id == id).values(values))
        after = _one(conn, id)
        if after != before or secrets:
            _record(conn, "duty_channel.change", before, after, actor, now)
        return after


def switch(db: Database, id: int, *, on: bool, actor: str, now: datetime) -> None:
    """Switch a channel on or off; no effect if it is so already. Raises NotFound.

    Messages that it does not work are settled: what waited for it is not sent any more.
    """
    with db.write() as conn:
        before = _one(conn, id)
        if (before.off is None) == on:
            return
        after = replace(before, off=None if on else now)
        conn.execute(update(duty_channels).where(_C.id == id).values(off=after.off))
        messages.settle(conn, link_of(id))
        _record(conn, "duty_channel.on" if on else "duty_channel.off", before, after, actor, now)


def remove(db: Database, id: int, *, actor: str, now: datetime) -> None:
    """Delete a channel with its secrets and all that was sent to it. Raises NotFound."""
    with db.write() as conn:
        before = _one(conn, id)
        conn.execute(delete(alarm_deliveries).where(alarm_deliveries.c.target == target_of(id)))
        conn.execute(delete(alarm_targets).where(alarm_targets.c.target == target_of(id)))
        conn.execute(delete(duty_channels).where(_C.id == id))
        messages.settle(conn, link_of(id))
        _record(conn, "duty_channel.remove", before, None, actor, now)


def listed(db: Database) -> tuple[Channel, ...]:
    """Return every channel, sorted by name."""
    with db.read() as conn:
        return as_values(Channel, conn.execute(_ALL.order_by(func.lower(_C.name), _C.id)))


def get(db: Database, id: int) -> Channel:
    """Return the channel with this id. Raises NotFound."""
    with db.read() as conn:
        return _one(conn, id)


def secrets_of(db: Database, id: int) -> Secrets:
    """Return the secrets of a channel; only the worker needs them. Raises NotFound."""
    with db.read() as conn:
        row = conn.execute(select(*columns_of(duty_channels, Secrets)).where(_C.id == id)).one_or_none()
    if row is None:
        raise NotFound(f"Không có kênh báo số {id}")
    return as_value(Secrets, row)


def renewed(db: Database, id: int, secrets: Secrets) -> None:
    """Replace the tokens of a channel, all in one transaction."""
    with db.write() as conn:
        conn.execute(update(duty_channels).where(_C.id == id).values(_secret_columns(secrets)))


def _one(conn: Connection, id: int) -> Channel:
    row = conn.execute(_ALL.where(_C.id == id)).one_or_none()
    if row is None:
        raise NotFound(f"Không có kênh báo số {id}")
    return as_value(Channel, row)


def _columns(wanted: Settings) -> dict[str, object]:
    return {
        "kind": wanted.kind,
        "name": wanted.name,
        "areas": list(wanted.areas),
        "address": wanted.address,
        "person": wanted.person,
        "urgent_only": wanted.urgent_only,
    }


def _secret_columns(secrets: Secrets) -> dict[str, object]:
    return {
        "secret": secrets.secret,
        "renewal": secrets.renewal,
        "app": secrets.app,
        "app_secret": secrets.app_secret,
        "secret_until": secrets.secret_until,
    }


def _record(
    conn: Connection, act: str, before: Channel | None, after: Channel | None, actor: str, now: datetime
) -> None:
    one = after or before
    subject = f"duty_channel/{one.id}" if one else "duty_channel"
    audit.record(conn, actor=actor, act=act, subject=subject, before=_audited(before), after=_audited(after), now=now)


def _audited(one: Channel | None) -> _AuditedChannel | None:
    if one is None:
        return None
    return _AuditedChannel(one.kind, one.name, one.areas, one.person, one.urgent_only, one.off is not None)
