"""Takes one electronic document: the function that API, watched folder and mail call.

A document that is marked as secret or as internal is refused before anything of it is stored, drawn or logged; the
log gets its number at most.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Literal
from zoneinfo import ZoneInfo

import structlog

from feeds.formats.edxml.document import EdxmlDocument
from feeds.formats.edxml.reader import read_edxml
from feeds.sandbox.isolate import SandboxProcess
from server.core.areas import AreaTree
from server.core.documents import secrecy
from server.core.documents.identity import content_of, key_of, key_of_code
from server.core.model import Announcement, DocumentKind, DocumentReference, DocumentWay, OfficeDocument
from server.core.workflow import NotPossible
from server.documents.draft import draft
from server.documents.files import FileStore, StoredFiles
from server.documents.messages import messages
from server.documents.refusals import DocumentRefused
from server.media.importer import file_sandbox
from server.store.announcements import announcements
from server.store.announcements.announcements import Rules
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.documents import documents
from server.store.documents.documents import AlreadyTaken
from server.store.people import people
from server.store.people.messages import Message
from server.store.sources import sources

log = structlog.get_logger("documents")

Outcome = Literal["draft", "known", "recalled", "nothing to recall"]
_SENTENCES: dict[Outcome, str] = {
    "draft": "Văn bản {code} đã thành bản nháp số {id}, chờ biên tập viên duyệt.",
    "known": "Văn bản {code} đã được nhận trước đó, không tạo thêm bản nháp.",
    "recalled": "Đã gỡ văn bản {code} khỏi các bảng tin theo lệnh thu hồi.",
    "nothing to recall": "Đã ghi nhận lệnh thu hồi {code}; máy chủ này chưa niêm yết văn bản ấy.",
}
_RECALLED_BEFORE = "Lệnh thu hồi {code} đã được nhận trước đó."
ENVELOPE = "Gói văn bản có chữ ký nhưng không kiểm được chữ ký gói."
_MISSING = "Không tìm thấy văn bản mà văn bản này thay thế hoặc cập nhật."
_NO_FILES = "Văn bản không kèm tệp nào bảng tin chiếu được."


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a document: ``sentence`` says it in Vietnamese, ``document`` is its row."""

    outcome: Outcome
    document: OfficeDocument
    sentence: str


class DocumentIntake:
    """Takes documents into the store ``db``; pages are stored in the folder ``media``.

    ``roots`` is the folder of the certificates that signatures of PDF files are checked against. One document is
    taken at a time, because each needs child processes with much memory.
    """

    def __init__(
        self,
        db: Database,
        *,
        media: Path,
        roots: Path | None,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        rules: Rules,
        sandbox: Callable[[], SandboxProcess] = file_sandbox,
    ) -> None:
        self._db, self._clock, self._zone, self._rules = db, clock, zone, rules
        self._files = FileStore(db, media, roots, sandbox)
        self._one_at_a_time = Lock()

    def take_document(self, body: bytes, *, way: DocumentWay, actor: str, area: str) -> Taken:
        """Takes the edXML document ``body`` for ``area`` (a slug): it becomes a draft, or recalls a posting.

        ``actor`` is who brought it, as the audit has it. Raises ParseError with a Vietnamese sentence if it cannot be
        read, DocumentRefused (a ParseError) if it must not be taken; StoreError if the store cannot be used.
        """
        with self._one_at_a_time:
            found = read_edxml(body)
            self._need_public(found)
            row = self._row(found, way, actor, area)
            try:
                return self._recall(row, found) if row.kind == "recall" else self._draft(row, found)
            except AlreadyTaken as again:
                return _taken("known", again.one)
            except (StoreRefusal, ValueError) as error:
                raise DocumentRefused(str(error), "store") from error

    def _need_public(self, found: EdxmlDocument) -> None:
        mark = secrecy.mark_in_header(found.marks)
        for text in (found.subject, found.summary, *(file.name for file in found.files)):
            mark = mark or secrecy.mark_in_prose(text)
        mark = mark or self._files.mark_in(found.files)
        if mark is not None:
            log.warning("document refused: secret or internal", number=found.code[:60])
            raise DocumentRefused(secrecy.refusal(mark), "secret")

    def _row(self, found: EdxmlDocument, way: DocumentWay, actor: str, area: str) -> OfficeDocument:
        if found.kind != "recall" and not found.subject and not found.code:
            raise DocumentRefused("Văn bản điện tử không có trích yếu và số, ký hiệu.", "empty")
        if area not in AreaTree(sources.areas(self._db)):
            raise DocumentRefused(f"Máy chủ này không có đơn vị «{area}».", "area")
        content = content_of(
            (found.kind, found.code, found.subject, found.type, found.issuer, found.signer, found.position,
             found.authority, found.summary, str(found.date), *(f"{one.id}|{one.code}" for one in found.references)),
            (file.body for file in found.files),
        )  # fmt: skip
        key = key_of(found.id, found.code, found.date, found.issuer_code, found.issuer) or f"content:{content}"
        notes = [*found.notes, *([ENVELOPE] if found.signed else [])]
        return OfficeDocument(
            area=area, kind=found.kind, key=key, content=content, doc_id=found.id, code=found.code, issued=found.date,
            place=found.place, issuer=found.issuer, issuer_code=found.issuer_code, type=found.type,
            subject=found.subject, signer=found.signer, position=found.position, authority=found.authority, way=way,
            actor=actor, received=self._clock(), signed=found.signed, notes=tuple(notes),
        )  # fmt: skip

    def _draft(self, row: OfficeDocument, found: EdxmlDocument) -> Taken:
        earlier = documents.known(self._db, row.area, self._keys(row))
        same = next((one for one in reversed(earlier) if (one.kind, one.content) == (row.kind, row.content)), None)
        if same is not None:
            return _taken("known", same)
        own = DocumentReference(row.doc_id, row.code, row.issued)
        recall = next((one for one in self._named(row, (own,)) if one.kind == "recall"), None)
        if recall is not None:
            raise DocumentRefused("Nơi ban hành đã thu hồi văn bản này, nên không nhận nữa.", "recalled")
        before = self._before(row, found, earlier)
        kind: DocumentKind = "update" if row.kind == "new" and before is not None else row.kind
        base = self._base(before)
        stored = self._files.store(found.files, area=row.area, actor=row.actor, now=row.received)
        notes = [*row.notes, *_notes(stored), *([_MISSING] if kind != "new" and base is None else [])]
        row = replace(row, kind=kind, related=base.id if base else None, notes=tuple(notes))
        made = draft(row, found.summary, stored, base, self._zone)
        told = self._messages(f"document.{kind}", made.title, row.area, "/desk/queue/{id}")
        return _taken("draft", documents.take(self._db, row, made, rules=self._rules, notify=told))

    def _before(
        self, row: OfficeDocument, found: EdxmlDocument, earlier: tuple[OfficeDocument, ...]
    ) -> OfficeDocument | None:
        """The document that this one replaces or updates: named in it, or itself with another content."""
        named = self._named(row, _references(found))
        candidates = [one for one in (*earlier, *named) if one.announcement is not None]
        return candidates[-1] if candidates else None

    def _base(self, before: OfficeDocument | None) -> Announcement | None:
        """The announcement to replace: the version that boards show now, else the draft of the earlier document."""
        if before is None or before.announcement is None:
            return None
        one = announcements.get(self._db, before.announcement)
        return announcements.current_version(self._db, one, now=self._clock()) or one

    def _recall(self, row: OfficeDocument, found: EdxmlDocument) -> Taken:
        references = _references(found) or (DocumentReference(found.id, found.code, found.date),)
        targets = [
            one for one in self._named(row, references) if one.kind != "recall" and one.announcement is not None
        ]
        # The recall is stored under what it recalls, so that a document that comes after its recall is refused.
        first = references[0]
        row = replace(
            row, doc_id=first.doc_id, code=first.code or (targets[0].code if targets else ""),
            issued=first.day or (targets[0].issued if targets else None),
            related=targets[-1].announcement if targets else None,
        )  # fmt: skip
        reason = f"Nơi ban hành thu hồi văn bản{' ' + row.code if row.code else ''}. {found.reason}".strip()
        withdrawn = [title for one in targets for title in self._withdraw(one, reason, row.actor)]
        title = next(iter(withdrawn), "") or row.code or row.subject or row.doc_id
        kind = "document.recall" if targets else "document.recall_missing"
        link = announcements.desk_link(row.related) if row.related else "/desk/queue/"
        stored = documents.note_recall(
            self._db, row, notify=self._messages(kind, title, row.area, link) if withdrawn or not targets else ()
        )
        return _taken("recalled" if targets else "nothing to recall", stored)

    def _withdraw(self, one: OfficeDocument, reason: str, actor: str) -> list[str]:
        """Withdraws the announcement of a document, the version shown instead, and its updates; their titles."""
        now = self._clock()
        made = announcements.get(self._db, one.announcement) if one.announcement is not None else None
        if made is None:
            return []
        current = announcements.current_version(self._db, made, now=now)
        titles = []
        updates = [
            announcements.get(self._db, later.announcement)
            for later in documents.about_announcement(self._db, made.id)
            if later.kind == "update" and later.announcement is not None
        ]
        for each in (current, made, *updates):
            if each is None or each.state == "withdrawn":
                continue
            try:
                announcements.take(self._db, each.id, "withdraw", actor=actor, now=now, reason=reason)
            except NotPossible:
                continue  # somebody has withdrawn it meanwhile
            titles.append(each.title)
        return titles

    def _keys(self, row: OfficeDocument) -> list[str]:
        by_code = key_of_code(row.code, row.issued, row.issuer_code, row.issuer)
        return [key for key in (row.key, by_code) if key]

    def _named(self, row: OfficeDocument, references: Sequence[DocumentReference]) -> tuple[OfficeDocument, ...]:
        return documents.named(self._db, row.area, references, issuer_code=row.issuer_code, issuer=row.issuer)

    def _messages(self, kind: str, title: str, area: str, link: str) -> tuple[Message, ...]:
        return messages(kind, title, area, link, people.all(self._db), AreaTree(sources.areas(self._db)))


def _references(found: EdxmlDocument) -> tuple[DocumentReference, ...]:
    return tuple(DocumentReference(one.id, one.code, one.day) for one in found.references)


def _notes(stored: StoredFiles) -> list[str]:
    return [*stored.notes, *([] if stored.pages else [_NO_FILES])]


def _taken(outcome: Outcome, one: OfficeDocument) -> Taken:
    again = outcome == "known" and one.kind == "recall"
    pattern = _RECALLED_BEFORE if again else _SENTENCES[outcome]
    sentence = pattern.format(code=one.code or f"«{one.subject}»", id=one.announcement or "")
    return Taken(outcome, one, sentence)
