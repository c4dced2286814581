"""Checks the files of a letter in the way of uploaded files, and stores them; called by the intake."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feeds.errors import ParseError
from feeds.sandbox.isolate import SandboxProcess
from server.core.sources.mail.composition import CheckedFile
from server.media import office
from server.media.importer import import_file
from server.store.database.engine import Database
from server.store.media import library
from server.worker.imported_files import keep_original, keep_signatures, library_file
from server.worker.mailbox.parts import LetterFile

TakeDocument = Callable[[bytes, str, str], str]
"""Takes an edXML document that came by mail: (content, sender as the audit has him, slug of the area) -> what became
of it, a Vietnamese sentence for the sender. Raises ParseError, with such a sentence, if it is refused."""

_UNKNOWN = "Máy chủ này chưa nhận văn bản điện tử (edXML) qua thư."
_UNREADABLE = "Máy chủ không đọc được tệp hoặc đã hết chỗ, hãy báo người quản trị."


@dataclass(frozen=True, slots=True)
class FileChecker:
    """Checks files in processes that ``sandbox`` makes, and stores what screens show in the folder ``media``.

    ``program`` is LibreOffice, for Word documents. ``take_document`` takes edXML documents (None: they are refused).
    ``roots`` is the folder of the certificates that signatures of PDF files are checked against.
    """

    db: Database
    media: Path
    sandbox: Callable[[], SandboxProcess]
    program: str = "soffice"
    take_document: TakeDocument | None = None
    roots: Path | None = None

    def check(self, files: Sequence[LetterFile], *, area: str, actor: str, now: datetime) -> list[CheckedFile]:
        """Checks each file; the sender ``actor`` and the ``area`` are noted in the library of files.

        If there are edXML documents among them, only these are looked at: nothing else of such a letter is stored,
        because a document that is secret must be kept nowhere.
        """
        documents = [file for file in files if is_edxml(file)]
        if documents:
            return [self._document(file, area, actor) for file in documents]
        return [self._checked(file, area, actor, now) for file in files]

    def _document(self, file: LetterFile, area: str, actor: str) -> CheckedFile:
        if self.take_document is None:
            return CheckedFile(file.name, document=True, problem=_UNKNOWN)
        try:
            said = self.take_document(file.body, actor, area)
        except ParseError as error:
            return CheckedFile(file.name, document=True, problem=error.message)
        return CheckedFile(file.name, document=True, taken=True, notes=(said,))

    def _checked(self, file: LetterFile, area: str, actor: str, now: datetime) -> CheckedFile:
        try:
            return self._imported(file, area, actor, now)
        except ParseError as error:
            return CheckedFile(file.name, problem=error.message)
        except OSError:
            return CheckedFile(file.name, problem=_UNREADABLE)

    def _imported(self, file: LetterFile, area: str, actor: str, now: datetime) -> CheckedFile:
        with tempfile.TemporaryDirectory(prefix="bangtin-mail-") as folder:
            path = Path(folder) / "file"
            path.write_bytes(file.body)
            word = office.is_docx(file.body)
            if word:
                docx = path.rename(path.with_suffix(".docx"))
                path = office.to_pdf(docx, Path(folder), program=self.program)
            child = self.sandbox()
            found = import_file(path, folder=self.media, sandbox=child)
            if not word:  # LibreOffice's PDF is unsigned
                keep_signatures(self.db, path, found, name=file.name, roots=self.roots, now=now, sandbox=child)
        for number, one in enumerate(found.attachments, start=1):
            name = file.name if len(found.attachments) == 1 else f"{file.name}, trang {number}"
            library.put(self.db, library_file(one, self.media, name=name, area=area, person=actor, now=now))
        original = keep_original(self.db, found, file.name)
        return CheckedFile(
            file.name, found.attachments, found.table, found.has_pages, notes=found.notes, original=original
        )  # fmt: skip


def is_edxml(file: LetterFile) -> bool:
    """True if a file is an edXML document, by its content."""
    head = file.body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and b"edxml" in head.lower()
