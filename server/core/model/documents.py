"""Electronic official documents (edXML) that were taken; read through `server.core.model`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

DocumentKind = Literal["new", "replacement", "recall", "update"]
DocumentWay = Literal["api", "folder", "mail"]
FOLDER_ACTOR = "documents:folder"
"""The actor, in the audit and as a writer, of documents that were put into the watched folder."""


@dataclass(frozen=True, slots=True)
class DocumentReference:
    """How a document names another one: by its ``doc_id`` or its ``code``, with the day on which it was issued."""

    doc_id: str = ""
    code: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class OfficeDocument:
    """A document of the e-office system, and what became of it; texts that it does not have are "".

    ``announcement`` is the id of the draft that it became, None for a recall. ``related`` is the id of the earlier
    announcement that it replaces, updates or recalls, None if there is none. ``key`` identifies the document among
    all others, ``content`` (a digest) this form of it. ``code`` is number and symbol ("12/QĐ-UBND"), ``issued`` the
    day on which it was issued. ``authority`` is on whose behalf the signer signed. ``way`` is how it arrived,
    ``actor`` who brought it (as in the audit). ``signed``: its envelope has a signature, which was not checked.
    ``notes`` are Vietnamese sentences for the editor.
    """

    area: str
    kind: DocumentKind
    key: str
    content: str
    doc_id: str
    code: str
    issued: date | None
    place: str
    issuer: str
    issuer_code: str
    type: str
    subject: str
    signer: str
    position: str
    authority: str
    way: DocumentWay
    actor: str
    received: datetime
    signed: bool = False
    notes: tuple[str, ...] = ()
    announcement: int | None = None
    related: int | None = None
    id: int = 0
