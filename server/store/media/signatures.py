"""Stores what checks of PDF signatures have found; called by server.documents, worker.imported_files and the desk."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import select

from server.core.model import Announcement, PdfSignatures
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.database.locks import insert_new
from server.store.tables import columns_of, pdf_signatures, values_of

_ALL = select(*columns_of(pdf_signatures, PdfSignatures))


def put(db: Database, one: PdfSignatures) -> None:
    """Store the signatures of a file. Without pages: nothing. What is known of files with the same pages stays."""
    if not one.pages:
        return
    whole = " ".join((one.checked.isoformat(), *one.pages))
    digest = sha256(whole.encode()).hexdigest()[:32]
    with db.write() as conn:
        insert_new(conn, pdf_signatures, values_of(one) | {"digest": digest, "first": one.pages[0]})


def of_announcement(db: Database, one: Announcement) -> tuple[PdfSignatures, ...]:
    """The signed files all of whose pages are shown one after the other by an announcement, in its order.

    Another file may have the same pages and other signatures. The one that was checked last before the announcement
    was written counts, so that nobody changes what is said of a posting by sending another file.
    """
    hashes = [page.hash for page in one.attachments]
    if not hashes:
        return ()
    before = (pdf_signatures.c.first.in_(hashes)) & (pdf_signatures.c.checked <= (one.edited or one.created))
    with db.read() as conn:
        found = as_values(PdfSignatures, conn.execute(_ALL.where(before).order_by(pdf_signatures.c.checked)))
    placed = {file.pages: (at, file) for file in found for at in [_place(hashes, file.pages)] if at is not None}
    return tuple(file for _, file in sorted(placed.values(), key=lambda pair: (pair[0], len(pair[1].pages))))


def _place(hashes: Sequence[str], pages: Sequence[str]) -> int | None:
    wanted, length = list(pages), len(pages)
    return next((at for at in range(len(hashes) - length + 1) if hashes[at : at + length] == wanted), None)
