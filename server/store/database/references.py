"""Checks that areas, boards and sources exist; called by functions of server.store before they write.

An unknown area must never be treated as "everybody": in a real warning system, that mistake once sent a district's
alert to ten million people.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Table, select

from server.store.tables import areas, boards, sources


def check_areas(conn: Connection, slugs: Collection[str]) -> None:
    """Raises ValueError if ``slugs`` is empty or names an unknown or retired area."""
    if not slugs:
        raise ValueError("Chưa chọn đơn vị nhận")
    _check(conn, areas, slugs, "Không có đơn vị")


def check_boards(conn: Connection, slugs: Collection[str]) -> None:
    """Raises ValueError if ``slugs`` names an unknown or retired board; it may be empty."""
    _check(conn, boards, slugs, "Không có bảng tin")


def check_sources(conn: Connection, slugs: Collection[str]) -> None:
    """Raises ValueError if ``slugs`` names an unknown or retired source; it may be empty."""
    _check(conn, sources, slugs, "Không có nguồn tin")


def _check(conn: Connection, table: Table, slugs: Collection[str], complaint: str) -> None:
    in_use = select(table.c.slug).where(table.c.slug.in_(slugs), table.c.retired.is_(False))
    unknown = set(slugs) - set(conn.execute(in_use).scalars())
    if unknown:
        raise ValueError(f"{complaint}: {', '.join(sorted(unknown))}")
