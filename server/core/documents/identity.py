"""Decides which electronic documents are the same one; called by server.documents and server.store.documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256

from server.core.model import DocumentReference, OfficeDocument


def key_of(doc_id: str, code: str, issued: date | None, issuer_code: str, issuer: str) -> str:
    """The identity of a document: its own id, else the code with day and issuer; "" if it has neither.

    Letter case and spaces do not matter.
    """
    if doc_id:
        return _folded(f"id:{doc_id}")
    return key_of_code(code, issued, issuer_code, issuer)


def key_of_code(code: str, issued: date | None, issuer_code: str, issuer: str) -> str:
    """The identity of a document by its number, its day and its issuer; "" without a number."""
    if not code:
        return ""
    return _folded(f"code:{code}|{issued.isoformat() if issued else ''}|{issuer_code or issuer}")


def content_of(fields: Iterable[str], files: Iterable[bytes]) -> str:
    """A digest of what a document says: equal for two copies of it, whatever their envelopes are."""
    whole = sha256()
    for text in fields:
        whole.update(" ".join(text.split()).encode() + b"\x00")
    for digest in sorted(sha256(body).digest() for body in files):
        whole.update(digest)
    return whole.hexdigest()[:32]


def meant(
    references: Sequence[DocumentReference], among: Iterable[OfficeDocument], *, issuer_code: str, issuer: str
) -> tuple[OfficeDocument, ...]:
    """Those of ``among`` (oldest first) that ``references`` of an issuer name; never one of another issuer.

    An id is better than a number, because numbers begin anew each year. A number without a day means the newest
    document with it.
    """
    own = [one for one in among if same_issuer(issuer_code, issuer, one.issuer_code, one.issuer)]
    found: dict[int, OfficeDocument] = {}
    for reference in references:
        exact = [one for one in own if reference.doc_id and _folded(one.doc_id) == _folded(reference.doc_id)]
        found |= {one.id: one for one in exact or _by_code(reference, own)}
    return tuple(sorted(found.values(), key=lambda one: one.id))


def _by_code(reference: DocumentReference, own: Sequence[OfficeDocument]) -> list[OfficeDocument]:
    numbered = [one for one in own if reference.code and _folded(one.code) == _folded(reference.code)]
    if reference.day is not None:
        return [one for one in numbered if one.issued in (reference.day, None)]
    newest = numbered[-1].issued if numbered else None
    return [one for one in numbered if one.issued == newest]


def same_issuer(code: str, name: str, other_code: str, other_name: str) -> bool:
    """True if two documents are of one issuer: by its code in the exchange if both have one, else by its name."""
    if code and other_code:
        return _folded(code) == _folded(other_code)
    return bool(name) and _folded(name) == _folded(other_name)


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()
