"""Finds the electronic document behind an announcement, and its signatures.

Called by queue, queue_actions and composer_page.
"""

from __future__ import annotations

from typing import TypedDict

from server.core.model import Announcement, OfficeDocument, PdfSignatures
from server.desk.web.context import desk
from server.store.documents import documents
from server.store.media import signatures


class DocumentFacts(TypedDict):
    """The variables of the template announcements/queue/document.html.

    ``document`` is the document that the announcement was made of, None if it was not made of one. ``document_after``
    are those that replaced, updated or recalled it, oldest first. ``signed`` are its signed PDF files.
    """

    document: OfficeDocument | None
    document_after: tuple[OfficeDocument, ...]
    signed: tuple[PdfSignatures, ...]


def was_recalled(id: int) -> bool:
    """Returns whether the issuer has recalled the document of which an announcement was made."""
    return any(one.kind == "recall" for one in documents.about_announcement(desk.db, id))


def document_facts(one: Announcement | None) -> DocumentFacts:
    """Returns what is known of the document and of the signatures of an announcement; nothing for None."""
    if one is None:
        return {"document": None, "document_after": (), "signed": ()}
    return {
        "document": documents.of_announcement(desk.db, one.id),
        "document_after": documents.about_announcement(desk.db, one.id),
        "signed": signatures.of_announcement(desk.db, one),
    }
