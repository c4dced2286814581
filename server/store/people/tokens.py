"""Stores API tokens, each of which gives another program some rights in some areas until a date; called by desk.api.

The secret of a token is shown once; only a digest of it is stored. A token has no right that its maker did not have.
The rights of AIRING, by which something gets on a screen without an editor's approval, can therefore only be given by
an editor of the area; they count only as long as that person holds them.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, insert, select, update

from server.core import policy
from server.core.policy import Person, Right
from server.store.audit import audit
from server.store.database import references
from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreError
from server.store.people import rows
from server.store.people.people import NotAllowed
from server.store.tables import boards as boards_table
from server.store.tables import columns_of, tokens

log = structlog.get_logger("people")
# Rights that a token may have. With those that are not in AIRING it reads, and hands in what an editor then approves.
GIVEN: tuple[Right, ...] = (
    "board.view",
    "screen.view",
    "source.view",
    "report.view",
    "announcement.write",
    "media.write",
    "notice.propose",
    "notice.push",
    "notice.clear",
    "board.message",
    "board.serving",
    "bulletin.send",
    "bulletin.air",
    "document.write",
)
ON_BOARDS: frozenset[Right] = frozenset({"board.message", "board.serving"})
"""Rights that are valid only on the boards that the token names."""
AIRING: frozenset[Right] = ON_BOARDS | {"notice.push", "bulletin.air"}
SEEN_EVERY = timedelta(minutes=1)
PREFIX = "bt_"


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret. ``areas`` are slugs, ``made_by`` is a username.

    ``boards`` are the slugs of the boards on which the rights of ON_BOARDS are valid; no other right needs them. The
    token is valid before ``until`` while ``revoked`` is None.
    """

    id: int
    name: str
    rights: tuple[Right, ...]
    areas: tuple[str, ...]
    made_by: str
    made: datetime
    until: datetime
    last_used: datetime | None = None
    revoked: datetime | None = None
    boards: tuple[str, ...] = ()

    @property
    def actor(self) -> str:
        """The name of the token as the actor in audit records, such as "token:7"."""
        return f"token:{self.id}"


@dataclass(frozen=True, slots=True)
class _AuditedToken:
    """What the audit records of a token."""

    name: str
    rights: tuple[str, ...]
    areas: tuple[str, ...]
    until: datetime
    boards: tuple[str, ...] = ()


_ALL = select(*columns_of(tokens, Token))


def make(
    db: Database,
    name: str,
    rights: Sequence[Right],
    areas: Sequence[str],
    *,
    by: Person,
    until: datetime,
    now: datetime,
    boards: Sequence[str] = (),
) -> str:
    """Make a token; returns its secret, which cannot be read again later.

    Raises NotAllowed if ``by`` is suspended, or lacks the right to manage tokens or one of ``rights`` in one of the
    areas, or if one of ``rights`` is not in GIVEN, the rights that a token may have; ValueError for an unknown area
    or board, if a board is not of ``areas`` or below, if a right of ON_BOARDS is given without boards or boards
    without such a right, or if name, rights or areas are empty or ``until`` has passed.
    """
    if not name.strip() or not rights or not areas or until <= now:
        raise ValueError("Khóa máy cần tên, việc, đơn vị và thời hạn ở sau bây giờ")
    if bool(boards) == ON_BOARDS.isdisjoint(rights):
        raise ValueError(
            "Quyền hiện lời nhắn hoặc số thứ tự cần nêu rõ bảng tin nào, và chỉ hai quyền ấy cần bảng tin"
        )
    token = PREFIX + secrets.token_urlsafe(32)
    with db.write() as conn:
        references.check_areas(conn, areas)
        references.check_boards(conn, boards)
        _check_maker(conn, by, rights, areas)
        _check_boards(conn, boards, areas)
        values = {
            "name": name.strip(), "digest": _digest(token), "rights": list(rights), "areas": list(areas),
            "boards": list(boards), "made_by": by.username, "made": now, "until": until,
        }  # fmt: skip
        id = conn.execute(insert(tokens).values(values).returning(tokens.c.id)).scalar_one()
        after = _AuditedToken(name, tuple(rights), tuple(areas), until, tuple(boards))
        _record(conn, "token.make", id, None, after, by.username, now)
    return token


def _check_maker(conn: Connection, by: Person, rights: Sequence[Right], areas: Sequence[str]) -> None:
    maker, tree = rows.by_username(conn, by.username), rows.area_tree(conn)
    held = all(policy.may(maker.grants, right, area, tree) for right in ("token.manage", *rights) for area in areas)
    if not maker.active or not held or not set(rights) <= set(GIVEN):
        raise NotAllowed("Khóa máy không làm được nhiều hơn người tạo ra nó")


def _check_boards(conn: Connection, named: Sequence[str], areas: Sequence[str]) -> None:
    tree = rows.area_tree(conn)
    found = conn.execute(select(boards_table.c.slug, boards_table.c.area).where(boards_table.c.slug.in_(list(named))))
    outside = sorted(row.slug for row in found if not any(tree.covers(area, row.area) for area in areas))
    if outside:
        raise ValueError(f"Bảng tin không thuộc đơn vị của khóa máy: {', '.join(outside)}")


def may_air(db: Database, token: Token, right: Right, area: str) -> bool:
    """True if the token's maker still is an active person who holds ``right``, one of AIRING, for ``area``."""
    with db.read() as conn:
        try:
            maker = rows.by_username(conn, token.made_by)
        except NotFound:
            return False
        return maker.active and policy.may(maker.grants, right, area, rows.area_tree(conn))


def find(db: Database, token: str, now: datetime) -> Token | None:
    """The token with the secret ``token``; None if it is unknown, revoked or expired.

    Updates ``last_used`` at most once a minute; if the store is busy or cannot be written, that is only logged.
    """
    if not token.startswith(PREFIX):
        return None
    wanted = _ALL.where(tokens.c.digest == _digest(token), tokens.c.revoked.is_(None), tokens.c.until > now)
    with db.read() as conn:
        row = conn.execute(wanted).one_or_none()
    if row is None:
        return None
    found = as_value(Token, row)
    if found.last_used is None or abs(now - found.last_used) > SEEN_EVERY:
        try:
            with db.write_if_free() as conn:
                conn.execute(update(tokens).where(tokens.c.id == found.id).values(last_used=now))
        except StoreError as error:
            log.warning("token not marked as used", error=str(error))
    return found


def listed(db: Database) -> tuple[Token, ...]:
    """Return every token, also revoked and expired ones, newest first."""
    with db.read() as conn:
        return as_values(Token, conn.execute(_ALL.order_by(tokens.c.id.desc())))


def revoke(db: Database, id: int, *, actor: str, now: datetime) -> None:
    """Make a token invalid. Raises NotFound, also if it is revoked already."""
    with db.write() as conn:
        row = conn.execute(_ALL.where(tokens.c.id == id, tokens.c.revoked.is_(None))).one_or_none()
        if row is None:
            raise NotFound(f"Không có khóa máy số {id}")
        one = as_value(Token, row)
        conn.execute(update(tokens).where(tokens.c.id == id).values(revoked=now))
        before = _AuditedToken(one.name, one.rights, one.areas, one.until, one.boards)
        _record(conn, "token.revoke", id, before, None, actor, now)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _record(
    conn: Connection,
    act: str,
    id: int,
    before: _AuditedToken | None,
    after: _AuditedToken | None,
    actor: str,
    now: datetime,
) -> None:
    audit.record(conn, actor=actor, act=act, subject=f"token/{id}", before=before, after=after, now=now)
