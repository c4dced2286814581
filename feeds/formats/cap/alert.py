"""Reads one ``alert`` element into a CapAlert; called by feeds.formats.cap.reader."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from lxml import etree

from feeds.formats.cap.conformance_tables import WORDS
from feeds.formats.cap.document import CapAlert, CapReference, Signature
from feeds.formats.cap.fields import VERSIONS, Fields, Notes, namespace_of
from feeds.formats.cap.info import Reader
from feeds.formats.cap.instants import instant
from feeds.formats.cap.markup import UNDECLARED, Markup, parse
from feeds.formats.cap.signature import check, is_signed

if TYPE_CHECKING:
    from feeds.formats.cap.verifier import Certificate

MAX_REFERENCES = 5_000

_WORDS = {word.lower(): word for name in ("status", "msgType", "scope") for word in WORDS[name]}
_REQUIRED = {
    "identifier": "mã cảnh báo",
    "sender": "bên gửi",
    "sent": "giờ phát",
    "status": "trạng thái",
    "msgType": "kiểu thông điệp",
}
_SENT = _REQUIRED["sent"]
_COMMA = re.compile(r"\s*,\s*")
_DAY = re.compile(r"\d{4}-\d\d?-\d\d?T")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where alerts come from: the document's ``address``, the source's ``zone`` (IANA name) and ``certificates``.

    ``notes`` are about the whole document. If ``draft_only``, an editor must approve each of its alerts before it is
    shown.
    """

    address: str
    zone: str
    certificates: Sequence[Certificate] = ()
    notes: tuple[str, ...] = field(default=())
    draft_only: bool = False


def read_alert(found: Markup, origin: Origin) -> CapAlert:
    """Reads the alert ``found``; `markup.parse` must have parsed it with ``faithful`` if ``origin`` has certificates.

    With certificates the signatures are checked, and only what a valid one covers is read. Raises ParseError.
    """
    element = found.root
    origin = replace(origin, notes=(*origin.notes, *found.notes), draft_only=origin.draft_only or found.lossy)
    if not origin.certificates:
        return _alert(element, origin, "unchecked" if is_signed(element) else "unsigned")

    def sent_of(body: bytes) -> datetime | None:
        return instant(Fields(parse(body).root).word("sent"), origin.zone, Notes(), _SENT)

    verdict = check(element, origin.certificates, sent_of)
    unproved = verdict.signature != "valid"
    return _alert(
        parse(verdict.body).root,
        replace(
            origin, notes=(*origin.notes, *filter(None, [verdict.note])), draft_only=origin.draft_only or unproved
        ),
        verdict.signature,
    )


def _alert(element: etree._Element, origin: Origin, signature: Signature) -> CapAlert:
    fields, notes = Fields(element), Notes(*origin.notes)
    version = VERSIONS.get(namespace_of(element), "")
    doubtful = _doubts(element, fields, version, notes)
    sent = instant(fields.word("sent"), origin.zone, notes, _SENT)
    kind = _spelled(fields.word("msgType"))
    reader = Reader(origin.zone, origin.address, notes)
    infos = reader.infos(fields.all("info"))
    if not infos and kind in ("Alert", "Update"):
        notes.add("Cảnh báo không có phần nội dung nào.")
    found = CapAlert(
        identifier=fields.word("identifier"),
        sender=fields.word("sender"),
        sent=sent,
        status=_spelled(fields.word("status")),
        kind=kind,
        source=fields.text("source"),
        scope=_scope(fields, notes),
        restriction=fields.text("restriction"),
        addresses=fields.parted("addresses"),
        codes=fields.words("code"),
        note=fields.text("note"),
        references=_references(fields, origin.zone, notes),
        incidents=fields.parted("incidents"),
        infos=infos,
        version=version,
        signature=signature,
        draft_only=origin.draft_only or doubtful or sent is None,
    )
    reader.note_cut(fields)
    return replace(found, draft_only=found.draft_only or reader.incomplete, notes=notes.all())


def _doubts(element: etree._Element, fields: Fields, version: str, notes: Notes) -> bool:
    """Returns whether an editor must approve the alert before it is shown; adds the reasons to ``notes``.

    True if its version is unknown, or if a required element is missing or has several different values. A bad
    character in its identifier only adds a note.
    """
    doubts = []
    if not version:
        undeclared = namespace_of(element).startswith(UNDECLARED)
        doubts.append("Tiền tố của tài liệu không được khai báo." if undeclared else "Không rõ phiên bản CAP.")
    for name, called in _REQUIRED.items():
        if not fields.word(name):
            doubts.append(f"Thiếu {called}.")
        elif fields.differ(name):
            doubts.append(f"Có nhiều giá trị khác nhau cho {called}.")
    for doubt in doubts:
        notes.add(doubt)
    if any(sign in fields.word("identifier") for sign in " ,<&"):
        notes.add("Mã cảnh báo có dấu cách, dấu phẩy hoặc ký tự không được phép.")
    return bool(doubts)


def _spelled(word: str) -> str:
    """Returns ``word`` in the spelling of CAP 1.2 if it is one of its words in any letter case, else unchanged."""
    return _WORDS.get(word.lower(), word)


def _scope(fields: Fields, notes: Notes) -> str:
    word = fields.word("scope")
    if not word:
        notes.add("Không ghi phạm vi phổ biến; hiểu là công khai.")
    return _spelled(word or "Public")


def _references(fields: Fields, zone: str, notes: Notes) -> tuple[CapReference, ...]:
    """Returns the alerts that ``references`` names, each as "sender,identifier,sent", separated by whitespace."""
    text = " ".join(element.text or "" for element in fields.all("references"))
    words = _COMMA.sub(",", text).split()
    found = [reference for word in words[:MAX_REFERENCES] for reference in _divided(word)]
    if len(words) > MAX_REFERENCES:
        notes.add("Cảnh báo dẫn chiếu quá nhiều cảnh báo trước; phần còn lại đã bỏ qua.")
    return tuple(_reference(parts, zone, notes) for parts in found)


def _divided(word: str) -> list[list[str]]:
    """Splits ``word`` at its commas; returns the parts of each reference, usually of one.

    Some programs write a comma between references too: then several references of three parts are returned.
    """
    parts = unicodedata.normalize("NFC", word).strip(",").split(",")
    several = all(_DAY.match(part) for part in parts[2::3])
    return [parts[at : at + 3] for at in range(0, len(parts), 3)] if several else [parts]


def _reference(parts: list[str], zone: str, notes: Notes) -> CapReference:
    if len(parts) < 3:
        notes.add(f"Dẫn chiếu không đủ ba phần: “{','.join(parts)[:80]}”.")
        return CapReference(parts[0] if len(parts) == 2 else "", parts[-1], None)
    sent = instant(parts[-1], zone, notes, "giờ phát của cảnh báo được dẫn chiếu")
    return CapReference(parts[0], ",".join(parts[1:-1]), sent)
