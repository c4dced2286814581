"""The tables of electronic official documents and of the signatures of PDF files; used by server.store."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, UniqueConstraint, false

from server.core import model
from server.core.model import Signature
from server.store.tables import columns, packing
from server.store.tables.base import metadata, one_of


def _pack_signatures(found: tuple[Signature, ...]) -> list[packing.Fields]:
    return [asdict(one) | {"at": one.at.isoformat() if one.at else None} for one in found]


def _unpack_signatures(stored: list[dict[str, Any]]) -> tuple[Signature, ...]:
    return tuple(
        Signature(**one | {"at": datetime.fromisoformat(one["at"]) if one["at"] else None}) for one in stored
    )


_signatures: columns.Packed[tuple[Signature, ...], Any] = columns.Packed(_pack_signatures, _unpack_signatures)


def _pack_day(day: date) -> str:
    return day.isoformat()


# A document that is the same, in another envelope, makes no second row: the last constraint.
documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("area", String, ForeignKey("areas.slug"), nullable=False),
    Column("kind", String, one_of("kind", model.DocumentKind), nullable=False),
    Column("key", String, nullable=False),
    Column("content", String, nullable=False),
    Column("doc_id", String, nullable=False),
    Column("code", String, nullable=False),
    Column("issued", columns.Packed(_pack_day, date.fromisoformat)),
    Column("place", String, nullable=False),
    Column("issuer", String, nullable=False),
    Column("issuer_code", String, nullable=False),
    Column("type", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("signer", String, nullable=False),
    Column("position", String, nullable=False),
    Column("authority", String, nullable=False),
    Column("way", String, one_of("way", model.DocumentWay), nullable=False),
    Column("actor", String, nullable=False),
    Column("received", columns.Utc, nullable=False),
    Column("signed", Boolean, nullable=False, server_default=false()),
    Column("notes", columns.words, nullable=False, server_default="[]"),
    Column("announcement", Integer, ForeignKey("announcements.id"), index=True),
    Column("related", Integer, ForeignKey("announcements.id"), index=True),
    UniqueConstraint("area", "key", "kind", "content"),
)

# Keyed by the pictures of the file's pages, so that whoever shows these finds what is known of their signatures.
pdf_signatures = Table(
    "pdf_signatures",
    metadata,
    Column("digest", String, primary_key=True),  # of ``pages`` and ``checked``
    Column("first", String, nullable=False, index=True),  # the first of ``pages``
    Column("pages", columns.words, nullable=False),
    Column("name", String, nullable=False),
    Column("checked", columns.Utc, nullable=False),
    Column("signatures", _signatures, nullable=False),
)
