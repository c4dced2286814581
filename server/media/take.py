"""Turns a file that somebody sent into what an announcement shows: kept by its hash, or refused with a reason.

    path -> kinds (by content) -> child (checked, drawn) -> media folder -> Taken

Called by the worker and the command line. Nothing here opens a file in its own process but tables of plain text.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from feeds.errors import ParseError
from feeds.sandbox.isolate import Child
from server.core.announcements.table_text import Rows, decoded, rows_of
from server.core.model import Attachment
from server.media.kinds import HEAD, FileKind, check_size, kind_of

MEBIBYTES = 286
"""Address space of the child, libraries included: 300 MB, enough for a photograph of 40 million pixels."""
SECONDS = 20.0
PICTURE_WIDTH = 1920
_SUFFIX = {"image/webp": "webp", "video/mp4": "mp4", "video/webm": "webm"}


def stored(folder: Path, hash: str, type: str) -> Path:
    """Where a kept file lies: under its hash, with the suffix of its type."""
    return folder / f"{hash}.{_SUFFIX[type]}"


@dataclass(frozen=True, slots=True)
class Taken:
    """What the file became: pictures, pages or one video, or the rows of a table."""

    attachments: tuple[Attachment, ...] = ()
    table: Rows = ()


class Asks(Protocol):
    """What feeds.sandbox.isolate.Child does."""

    def ask(self, task: dict[str, Any], body: bytes, seconds: float) -> tuple[dict[str, Any], bytes]: ...
    def close(self) -> None: ...


def new_child(mebibytes: int = MEBIBYTES) -> Child:
    """The process that one file at a time is opened in; started anew for each."""
    return Child(mebibytes, (sys.executable, "-P", "-m", "server.media.child", str(mebibytes)))


def take(path: Path, *, folder: Path, child: Asks) -> Taken:
    """``path`` as what can be shown, its pictures and videos written into ``folder``.

    Raises ParseError with a Vietnamese sentence.
    """
    with path.open("rb") as file:
        kind = kind_of(file.read(HEAD))
    check_size(kind, path.stat().st_size)
    try:
        return _by_kind(kind, path, folder, child)
    except ParseError as error:
        if error.code in ("killed", "memory"):
            raise ParseError("Tệp cần quá nhiều thời gian hoặc bộ nhớ để mở, nên không nhận.", error.code) from error
        raise
    finally:
        child.close()  # the next file, of somebody else perhaps, never meets what this one left behind


def _by_kind(kind: FileKind, path: Path, folder: Path, child: Asks) -> Taken:
    if kind == "picture":
        return Taken((_picture(path, folder, child),))
    if kind == "pdf":
        return Taken(_pages(path, folder, child))
    if kind in ("mp4", "webm"):
        return Taken((_video(path, kind, folder, child),))
    return Taken(table=_table(kind, path, child))


def _picture(path: Path, folder: Path, child: Asks) -> Attachment:
    said, body = child.ask({"task": "picture", "path": str(path), "max_width": PICTURE_WIDTH}, b"", SECONDS)
    return Attachment(_keep(body, folder), "", said["width"], said["height"])


def _pages(path: Path, folder: Path, child: Asks) -> tuple[Attachment, ...]:
    said, _ = child.ask({"task": "pdf", "path": str(path)}, b"", SECONDS)
    return tuple(_page(path, number, said["pages"], folder, child) for number in range(said["pages"]))


def _page(path: Path, number: int, pages: int, folder: Path, child: Asks) -> Attachment:
    said, body = child.ask({"task": "page", "path": str(path), "number": number}, b"", SECONDS)
    words = f"Trang {number + 1} trên {pages}" + (f": {said['text']}" if said["text"] else "")
    return Attachment(_keep(body, folder), words, said["width"], said["height"])


def _video(path: Path, kind: FileKind, folder: Path, child: Asks) -> Attachment:
    said, _ = child.ask({"task": "video", "path": str(path), "kind": kind}, b"", SECONDS)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    target = folder / f"{digest}.{kind}"
    if not target.exists():
        half = folder / f".{digest}.{os.getpid()}"
        shutil.copyfile(path, half)
        half.replace(target)
    return Attachment(digest, "", said["width"], said["height"], f"video/{kind}", said["seconds"])


def _table(kind: FileKind, path: Path, child: Asks) -> Rows:
    if kind == "sheet":
        said, _ = child.ask({"task": "sheet", "path": str(path)}, b"", SECONDS)
        rows: Rows = tuple(tuple(row) for row in said["rows"])
    else:
        try:
            rows = rows_of(decoded(path.read_bytes()))
        except ValueError as error:
            raise ParseError(str(error), "table") from error
    if len(rows) < 2:
        raise ParseError("Bảng cần một dòng tên cột và ít nhất một dòng nội dung.", "table")
    return rows


def _keep(body: bytes, folder: Path) -> str:
    digest = hashlib.sha256(body).hexdigest()[:16]
    target = folder / f"{digest}.webp"
    if not target.exists():
        half = folder / f".{digest}.{os.getpid()}"
        half.write_bytes(body)
        half.replace(target)
    return digest
