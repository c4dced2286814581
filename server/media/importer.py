"""Converts an uploaded file into attachments or a table for an announcement, or refuses it with a reason.

    path -> kinds (by content) -> child (checked, drawn) -> media_files -> ImportedFile

Called by server.worker.uploads and server.cli.announcements; live.glass and processes.worker make the sandbox with
it. Only CSV files are parsed in this process; any other file is opened in a child process (server.media.child).
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from feeds.errors import ParseError
from feeds.formats.decode import decode
from feeds.sandbox.isolate import SandboxProcess
from feeds.sandbox.pack import field, texts
from server.core.announcements.table_text import FOR_ANNOUNCEMENTS, Rows, TableLimits, TextTable, table_of
from server.core.model import Attachment, Original
from server.media.kinds import HEAD, FileKind, check_size, kind_of
from server.media.media_files import ORIGINAL_TYPES, save_file, save_picture

MEBIBYTES = 286
"""Limit of the child process's address space, with its libraries: 300 MB, enough for a photo of 40 million pixels."""
SECONDS = 20.0
PICTURE_WIDTH = 1920


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """The result of an import: ``attachments`` (a picture, PDF pages or a video), or the rows of a ``table``.

    ``original`` is the kept document, without a name; None for pictures and videos, as a photo may name the place
    where it was taken, and for a workbook with cells that its author does not show.
    ``notes`` are Vietnamese sentences for the person who uploaded the file: what was left out, and what to check.
    """

    attachments: tuple[Attachment, ...] = ()
    table: Rows = ()
    notes: tuple[str, ...] = ()
    original: Original | None = None

    @property
    def has_pages(self) -> bool:
        """True if the attachments are the pages of a PDF file."""
        return self.original is not None and self.original.type == ORIGINAL_TYPES["pdf"]


def file_sandbox(mebibytes: int = MEBIBYTES) -> SandboxProcess:
    """Creates a sandbox whose child process runs server.media.child, with ``mebibytes`` MiB of address space."""
    return SandboxProcess(mebibytes, (sys.executable, "-P", "-m", "server.media.child", str(mebibytes)))


def import_file(path: Path, *, folder: Path, sandbox: SandboxProcess) -> ImportedFile:
    """Converts the file at ``path`` into what screens can show; writes pictures and videos into ``folder``.

    Raises ParseError, with a Vietnamese sentence for the person who uploaded the file, if it is not accepted; OSError
    if it cannot be read or written.
    """
    with path.open("rb") as file:
        kind = kind_of(file.read(HEAD))
    check_size(kind, path.stat().st_size)
    with _for_one_file(sandbox):
        return _import(kind, path, folder, sandbox)


@contextmanager
def _for_one_file(sandbox: SandboxProcess) -> Iterator[None]:
    """Ends the child process afterwards: the next file, perhaps of another person, gets a new one.

    Raises ParseError with a sentence for the person who uploaded the file if the process had to be killed.
    """
    try:
        yield
    except ParseError as error:
        if error.code in ("killed", "memory"):
            raise ParseError("Tệp cần quá nhiều thời gian hoặc bộ nhớ để mở, nên không nhận.", error.code) from error
        raise
    finally:
        sandbox.close()


def _original(kind: FileKind, path: Path, folder: Path) -> Original:
    """Keeps a document as it is; returns it without its name."""
    type = ORIGINAL_TYPES[kind]
    return Original(save_file(path, folder, type), "", type, path.stat().st_size)


def _import(kind: FileKind, path: Path, folder: Path, sandbox: SandboxProcess) -> ImportedFile:
    if kind == "picture":
        return ImportedFile((_picture(path, folder, sandbox),))
    if kind == "pdf":
        return ImportedFile(_pages(path, folder, sandbox), original=_original(kind, path, folder))
    if kind in ("mp4", "webm"):
        return ImportedFile((_video(path, kind, folder, sandbox),))
    table = _table(kind, path, sandbox, FOR_ANNOUNCEMENTS)
    original = _original(kind, path, folder) if table.is_whole else None
    return ImportedFile(table=table.rows, notes=table.notes, original=original)


def _picture(path: Path, folder: Path, sandbox: SandboxProcess) -> Attachment:
    answer, body = sandbox.run({"task": "picture", "path": str(path), "max_width": PICTURE_WIDTH}, b"", SECONDS)
    return Attachment(save_picture(body, folder), "", field(answer, "width", int), field(answer, "height", int))


def _pages(path: Path, folder: Path, sandbox: SandboxProcess) -> tuple[Attachment, ...]:
    answer, _ = sandbox.run({"task": "pdf", "path": str(path)}, b"", SECONDS)
    pages = field(answer, "pages", int)
    return tuple(_page(path, number, pages, folder, sandbox) for number in range(pages))


def _page(path: Path, number: int, pages: int, folder: Path, sandbox: SandboxProcess) -> Attachment:
    answer, body = sandbox.run({"task": "page", "path": str(path), "number": number}, b"", SECONDS)
    text = field(answer, "text", str)
    alt = f"Trang {number + 1} trên {pages}" + (f": {text}" if text else "")
    return Attachment(save_picture(body, folder), alt, field(answer, "width", int), field(answer, "height", int))


def _video(path: Path, kind: FileKind, folder: Path, sandbox: SandboxProcess) -> Attachment:
    answer, _ = sandbox.run({"task": "video", "path": str(path), "kind": kind}, b"", SECONDS)
    width, height, seconds = (
        field(answer, "width", int),
        field(answer, "height", int),
        field(answer, "seconds", float),
    )
    type = f"video/{kind}"
    return Attachment(save_file(path, folder, type), "", width, height, type, seconds)


def import_table(path: Path, *, sandbox: SandboxProcess, limits: TableLimits) -> TextTable:
    """Reads a workbook (.xlsx) or a CSV file as a table; a workbook is opened in the child process only.

    Raises ParseError, with a Vietnamese sentence, if the file is no table, too large or damaged; OSError if it cannot
    be read.
    """
    with path.open("rb") as file:
        kind = kind_of(file.read(HEAD))
    if kind not in ("sheet", "text"):
        raise ParseError("Chỉ nhận bảng tính .xlsx hoặc tệp .csv.", "type")
    check_size(kind, path.stat().st_size)
    with _for_one_file(sandbox):
        return _table(kind, path, sandbox, limits)


def _table(kind: FileKind, path: Path, sandbox: SandboxProcess, limits: TableLimits) -> TextTable:
    if kind == "sheet":
        answer, _ = sandbox.run({"task": "sheet", "path": str(path), **asdict(limits)}, b"", SECONDS)
        rows: Rows = tuple(texts(row) for row in field(answer, "rows", list))
        table = TextTable(rows, texts(field(answer, "notes", list)), field(answer, "is_whole", bool))
    else:
        try:
            table = table_of(_decoded(path.read_bytes()), limits)
        except ValueError as error:
            raise ParseError(str(error), "table") from error
    if len(table.rows) < 2 and kind == "sheet":
        raise ParseError("Bảng cần một dòng tên cột và ít nhất một dòng nội dung.", "table")
    if len(table.rows) < 2:
        raise ParseError(
            "Đây là tệp chữ không có bảng (cần một dòng tên cột và ít nhất một dòng nội dung). Nếu là văn bản, hãy "
            "dán chữ vào ô Nội dung.",
            "table",
        )
    return table


def _decoded(body: bytes) -> str:
    """Decodes a CSV file in any Vietnamese encoding; as Windows-1258 if no encoding can be detected."""
    found = decode(body)
    if found.encoding.startswith(("utf", "cp1258", "tcvn3", "vni")):
        return found.text
    return unicodedata.normalize("NFC", body.decode("cp1258", "replace"))
