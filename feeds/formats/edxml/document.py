"""Defines an electronic document as a frozen value; made by reader, used by whoever takes documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from feeds.formats.edxml.mapping import EdxmlKind


@dataclass(frozen=True, slots=True)
class EdxmlFile:
    """An attachment: its file ``name``, without folders, and its ``body``, decoded from base64 and unpacked."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class EdxmlReference:
    """An earlier document that is replaced, recalled or updated: its ``id`` or its ``code``; "" for what is unknown.

    ``day`` is the day on which it was issued.
    """

    id: str = ""
    code: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class EdxmlDocument:
    """An electronic document; "" or None for a field that it does not have.

    ``code`` is number and symbol as they are written ("12/QĐ-UBND"), ``subject`` the matter (trích yếu), ``type`` the
    type in words ("Quyết định"). ``authority`` is on whose behalf the signer signs ("KT. CHỦ TỊCH"). ``issuer_code``
    is the body's code in the exchange. ``references`` name earlier documents. ``marks`` are the words of the header
    that may say that the document is secret. ``signed`` is True if the envelope carries a signature, which cannot be
    checked here.
    """

    kind: EdxmlKind
    id: str
    code: str
    date: date | None
    place: str
    issuer: str
    issuer_code: str
    type: str
    subject: str
    summary: str
    signer: str
    position: str
    authority: str
    reason: str
    references: tuple[EdxmlReference, ...]
    marks: tuple[str, ...]
    signed: bool
    files: tuple[EdxmlFile, ...]
    notes: tuple[str, ...] = ()
