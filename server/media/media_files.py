"""Writes files into the media folder under their hash; called by server.media.importer and the harvest."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

_SUFFIX = {"image/webp": "webp", "video/mp4": "mp4", "video/webm": "webm"}


def stored_path(folder: Path, hash: str, type: str) -> Path:
    """Where a stored file is: under its hash, with the suffix of its media type."""
    return folder / f"{hash}.{_SUFFIX[type]}"


def save_picture(webp: bytes, folder: Path) -> str:
    """Stores a re-encoded picture; returns its hash (16 hex digits)."""
    hash = hashlib.sha256(webp).hexdigest()[:16]
    _write_once(stored_path(folder, hash, "image/webp"), lambda part: part.write_bytes(webp))
    return hash


def save_video(source: Path, folder: Path, type: str) -> str:
    """Copies a checked video unchanged; returns its hash (16 hex digits)."""
    with source.open("rb") as file:
        hash = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    _write_once(stored_path(folder, hash, type), lambda part: shutil.copyfile(source, part))
    return hash


def _write_once(target: Path, write: Callable[[Path], object]) -> None:
    """Writes under a temporary name and renames, so that nobody ever sees half a file."""
    if not target.exists():
        part = target.parent / f".{target.stem}.{uuid4().hex}"
        write(part)
        part.replace(target)
