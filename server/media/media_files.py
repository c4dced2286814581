"""Stores files in the media folder, named by the hash of their content; called by server.media, worker and desk.

``write_whole`` is also used for screenshots.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

ORIGINAL_TYPES = {
    "pdf": "application/pdf",
    "sheet": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""Kind of a document -> its media type. These are kept as they came, beside what boards show of them."""
SUFFIX = {
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/webm": "webm",
    ORIGINAL_TYPES["pdf"]: "pdf",
    ORIGINAL_TYPES["sheet"]: "xlsx",
    ORIGINAL_TYPES["text"]: "csv",
    ORIGINAL_TYPES["docx"]: "docx",
}
"""Media type of a stored file -> the extension of its name."""


def stored_path(folder: Path, hash: str, type: str) -> Path:
    """Returns the path of a stored file: its hash, with the suffix of its media type ``type``."""
    return folder / f"{hash}.{SUFFIX[type]}"


def save_picture(webp: bytes, folder: Path) -> str:
    """Stores a re-encoded WebP picture, unless it is there already; returns its hash (16 hex digits)."""
    hash = hashlib.sha256(webp).hexdigest()[:16]
    _write_once(stored_path(folder, hash, "image/webp"), lambda part: part.write_bytes(webp))
    return hash


def save_file(source: Path, folder: Path, type: str) -> str:
    """Stores a copy of a checked video or document of media type ``type``, unless it is there already.

    Returns its hash (16 hex digits).
    """
    with source.open("rb") as file:
        hash = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    _write_once(stored_path(folder, hash, type), lambda part: shutil.copyfile(source, part))
    return hash


def write_whole(target: Path, write: Callable[[Path], object]) -> None:
    """Calls ``write`` with a temporary path in the folder of ``target``, and renames that file to ``target``.

    So no reader ever sees an incomplete file.
    """
    part = target.parent / f".{target.stem}.{uuid4().hex}"
    write(part)
    part.replace(target)


def _write_once(target: Path, write: Callable[[Path], object]) -> None:
    if not target.exists():
        write_whole(target, write)
