"""Checks, draws and stores the attachments of an electronic document; called by intake.

Each file is opened in a child process. It is handed over in the memory of this process (memfd), so that a document
that turns out to be secret was never written to a disk.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from feeds.errors import ParseError
from feeds.formats.edxml.document import EdxmlFile
from feeds.formats.edxml.zip_entries import chunks, open_zip
from feeds.sandbox.isolate import SandboxProcess
from feeds.sandbox.pack import field
from server.core.announcements.originals import file_name
from server.core.announcements.parts import MOST_FILES
from server.core.documents import secrecy
from server.core.documents.secrecy import Mark
from server.core.model import Attachment, Original, PdfSignatures, Signature
from server.documents.refusals import DocumentRefused
from server.media.importer import SECONDS, ImportedFile, import_file
from server.media.kinds import HEAD, kind_of
from server.media.media_files import SUFFIX, stored_path
from server.media.signature_check import check_signatures
from server.store.database.engine import Database
from server.store.media import library, originals, signatures
from server.store.media.library import LibraryFile

_NOT_JUDGED = "Không đọc được tệp «{name}» để biết có dấu mật hay không, nên không nhận văn bản."
_WORD = "word/document.xml"
_MOST_WORD = 5 * 2**20
_TAG = re.compile(rb"<[^>]*>")


@dataclass(frozen=True, slots=True)
class StoredFiles:
    """What was made of the attachments: ``pages`` (pictures), ``documents`` (how many PDFs) and ``notes``.

    ``notes`` are Vietnamese sentences for the editor; ``signed`` is how many PDFs have a signature; ``originals`` are
    the PDFs themselves, for whoever reads the posting.
    """

    pages: tuple[Attachment, ...] = ()
    documents: int = 0
    signed: int = 0
    notes: tuple[str, ...] = ()
    originals: tuple[Original, ...] = ()


@dataclass(frozen=True, slots=True)
class FileStore:
    """Stores the pages of documents in the folder ``media``; ``roots`` is the folder of trusted certificates."""

    db: Database
    media: Path
    roots: Path | None
    sandbox: Callable[[], SandboxProcess]

    def mark_in(self, files: Sequence[EdxmlFile]) -> Mark | None:
        """The mark at the head of the first page of one of the files; None if there is none."""
        return next((mark for file in files if (mark := secrecy.mark_in_prose(self._head(file)))), None)

    def store(self, files: Sequence[EdxmlFile], *, area: str, actor: str, now: datetime) -> StoredFiles:
        """Draws and stores what boards can show: PDFs, and pictures if there is no PDF; the rest is only named."""
        pdfs = [file for file in files if _kind(file) == "pdf"]
        wanted = pdfs or [file for file in files if _kind(file) == "picture"]
        pages: list[Attachment] = []
        kept: list[Original] = []
        notes = [f"Tệp «{file.name}» không phải PDF nên không kèm theo." for file in files if file not in wanted]
        signed = 0
        for file in wanted:
            try:
                imported, checked = self._stored(file, now)
            except ParseError as error:
                notes.append(f"Không kèm được tệp «{file.name}»: {error.message}")
                continue
            if len(pages) + len(imported.attachments) > MOST_FILES:
                notes.append(f"Tệp «{file.name}» không kèm theo, vì quá {MOST_FILES} trang.")
                continue
            self._remember(file, imported.attachments, checked, area=area, actor=actor, now=now)
            signed += bool(checked)
            pages += imported.attachments
            kept += self._original(file, imported)
        return StoredFiles(tuple(pages), len(pdfs), signed, tuple(notes), tuple(kept))

    def _head(self, file: EdxmlFile) -> str:
        kind = _kind(file)
        if kind == "pdf":
            with in_memory(file.body) as path, closing(self.sandbox()) as child:
                try:
                    answer, _ = child.run({"task": "head", "path": str(path)}, b"", SECONDS)
                except ParseError as error:
                    if error.code in ("killed", "memory"):
                        raise DocumentRefused(_NOT_JUDGED.format(name=file.name), "unreadable") from error
                    return ""  # damaged or with a password: it cannot be drawn either, so nothing of it is stored
                return field(answer, "text", str)[: secrecy.HEAD]
        return _word_head(file.body) if kind == "sheet" else ""

    def _stored(self, file: EdxmlFile, now: datetime) -> tuple[ImportedFile, tuple[Signature, ...]]:
        with in_memory(file.body) as path, closing(self.sandbox()) as child:
            imported = import_file(path, folder=self.media, sandbox=child)
            if _kind(file) != "pdf":
                return imported, ()
            return imported, check_signatures(path, self.roots, now, sandbox=child)

    def _original(self, file: EdxmlFile, imported: ImportedFile) -> list[Original]:
        """Stores that the document of an import is kept; returns it under its name, [] if there is none."""
        if imported.original is None:
            return []
        originals.put(self.db, imported.original, imported.attachments, imported.table)
        return [replace(imported.original, name=file_name(file.name, SUFFIX[imported.original.type]))]

    def _remember(
        self, file: EdxmlFile, pages: Sequence[Attachment], checked: tuple[Signature, ...], *, area: str, actor: str,
        now: datetime,
    ) -> None:  # fmt: skip
        for number, page in enumerate(pages, start=1):
            name = file.name if len(pages) == 1 else f"{file.name}, trang {number}"
            size = stored_path(self.media, page.hash, page.type).stat().st_size
            stored = LibraryFile(
                page.hash, page.width, page.height, page.type, 0.0, area, name, page.alt, now, actor, size, None
            )
            library.put(self.db, stored)
        if checked:
            signatures.put(self.db, PdfSignatures(tuple(page.hash for page in pages), file.name, now, checked))


@contextmanager
def in_memory(body: bytes) -> Iterator[Path]:
    """A path at which another process of this user can read ``body``, without a file on a disk."""
    handle = os.memfd_create("document")
    try:
        with os.fdopen(os.dup(handle), "wb") as file:
            file.write(body)
        yield Path(f"/proc/{os.getpid()}/fd/{handle}")
    finally:
        os.close(handle)


def _kind(file: EdxmlFile) -> str:
    try:
        return kind_of(file.body[:HEAD])
    except ParseError:
        return ""


def _word_head(body: bytes) -> str:
    """The first letters of a Word document; "" for another office file or a damaged one."""
    text = b""
    try:
        with open_zip(body) as archive:
            if _WORD not in archive.namelist():
                return ""
            for part in chunks(archive, archive.getinfo(_WORD)):
                text += part
                if len(text) >= _MOST_WORD:
                    break
    except ParseError:
        return ""
    return _TAG.sub(b"", text.replace(b"</w:p>", b"\n")).decode("utf-8", "replace")[: secrecy.HEAD]
