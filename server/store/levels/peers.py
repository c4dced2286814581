"""Stores what other servers say about themselves, and which local areas theirs stand for.

Called by worker.levels and desk.sources.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, delete, insert, select, update

from server.core.levels.items import RemoteArea, ServerDocument
from server.store.audit import audit
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.tables import columns_of, server_links, server_peers, sources


@dataclass(frozen=True, slots=True)
class FeedPosition:
    """How far a feed was read: the ETag of the last answer, and when it was last read completely."""

    etag: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Peer:
    """The server behind a source: its document, when it was last read, and the positions in its feeds by address."""

    source: str
    document: ServerDocument
    feeds: Mapping[str, FeedPosition]
    seen: datetime


@dataclass(frozen=True, slots=True)
class AreaLink:
    """An editor's choice: the area ``remote`` (called ``name`` there) of the server behind ``source`` is ``local``.

    ``local`` is "" if the remote area may not speak here at all.
    """

    source: str
    remote: str
    local: str
    name: str
    linked_by: str
    linked_at: datetime


def peer(db: Database, source: str) -> Peer | None:
    """The server behind the source, None if it was never read."""
    with db.read() as conn:
        row = conn.execute(select(server_peers).where(server_peers.c.source == source)).one_or_none()
    if row is None:
        return None
    areas = cast(list[Mapping[str, object]], row.areas or [])
    listed = tuple(_area(one) for one in areas)
    document = ServerDocument(row.server, row.name, row.version, listed, row.hub)
    feeds = cast(Mapping[str, Mapping[str, str]], row.feeds or {})
    return Peer(source, document, {at: _position(one) for at, one in feeds.items()}, row.seen)


def _area(values: Mapping[str, object]) -> RemoteArea:
    codes = cast(list[str], values.get("codes") or [])
    texts = {name: str(values.get(name, "")) for name in ("slug", "name", "parent", "feed")}
    return RemoteArea(texts["slug"], texts["name"], tuple(codes), texts["parent"], texts["feed"])


def _position(values: Mapping[str, str]) -> FeedPosition:
    since = values.get("since", "")
    return FeedPosition(values.get("etag", ""), datetime.fromisoformat(since) if since else None)


def save_peer(db: Database, found: Peer) -> None:
    """Store the server behind a source, in place of what was stored before."""
    document = found.document
    row = {
        "source": found.source,
        "server": document.server,
        "name": document.name,
        "version": document.version,
        "areas": [asdict(area) for area in document.areas],
        "hub": document.hub,
        "feeds": {
            at: {"etag": one.etag, "since": one.since.isoformat() if one.since else ""}
            for at, one in found.feeds.items()
        },
        "seen": found.seen,
    }
    with db.write() as conn:
        conn.execute(delete(server_peers).where(server_peers.c.source == found.source))
        conn.execute(insert(server_peers), row)


def links(db: Database, source: str) -> tuple[AreaLink, ...]:
    """The links of the areas of one server, in the order of the remote slugs."""
    wanted = select(*columns_of(server_links, AreaLink)).where(server_links.c.source == source)
    with db.read() as conn:
        return as_values(AreaLink, conn.execute(wanted.order_by(server_links.c.remote)))


def link(db: Database, made: AreaLink, *, actor: str, now: datetime) -> None:
    """Store an editor's choice for one remote area, with an audit record. The server is then read again from anew."""
    mine = (server_links.c.source == made.source, server_links.c.remote == made.remote)
    with db.write() as conn:
        # The row of the source is locked, so that two editors do not write the same link at once.
        conn.execute(select(sources.c.slug).where(sources.c.slug == made.source).with_for_update(key_share=True))
        row = conn.execute(select(*columns_of(server_links, AreaLink)).where(*mine)).one_or_none()
        before = as_values(AreaLink, [row])[0] if row else None
        if before is not None and before.local == made.local:
            return
        conn.execute(delete(server_links).where(*mine))
        values = {"source": made.source, "remote": made.remote, "local": made.local, "name": made.name}
        conn.execute(insert(server_links), values | {"linked_by": actor, "linked_at": now})
        audit.record(
            conn, actor=actor, act="source.link_area", subject=f"source/{made.source}", before=before, after=made,
            now=now,
        )  # fmt: skip
        _read_from_anew(conn, made.source)


def unlink(db: Database, link: AreaLink, *, actor: str, now: datetime) -> None:
    """Delete the choice for a remote area, so that its codes decide again, with an audit record."""
    mine = (server_links.c.source == link.source, server_links.c.remote == link.remote)
    with db.write() as conn:
        conn.execute(delete(server_links).where(*mine))
        audit.record(
            conn, actor=actor, act="source.unlink_area", subject=f"source/{link.source}", before=link, after=None,
            now=now,
        )  # fmt: skip
        _read_from_anew(conn, link.source)


def read_from_anew(db: Database, source: str) -> None:
    """Forget how far the feeds of a source were read, because what was refused before may be taken now."""
    with db.write() as conn:
        _read_from_anew(conn, source)


def _read_from_anew(conn: Connection, source: str) -> None:
    """Forget the positions in the feeds, because items that were refused before may be taken now."""
    conn.execute(update(server_peers).where(server_peers.c.source == source).values(feeds={}))
