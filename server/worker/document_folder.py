"""Takes electronic documents (edXML) from a watched folder; created by server.processes.worker_exchange.

A file is taken once it has not changed between two looks. It is then moved to the subfolder "done", or to "refused"
beside a text file that says why. A document that is marked as secret is deleted instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog

from feeds.errors import ParseError
from feeds.formats.edxml.prepass import MOST_BYTES, TOO_LARGE
from server.core.model import FOLDER_ACTOR, DocumentWay
from server.store.database.errors import StoreError

log = structlog.get_logger("documents")

PATIENCE = timedelta(minutes=2)
"""A file whose end is missing is still being written for so long after its last change."""
MOST_AT_ONCE = 20
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart")
_UNREADABLE = "Máy chủ không đọc được tệp này. Hãy kiểm tra quyền đọc của tệp."


class TakesDocuments(Protocol):
    """What `server.documents.intake.DocumentIntake` does."""

    def take_document(self, body: bytes, *, way: DocumentWay, actor: str, area: str) -> object: ...


class DocumentFolder:
    """Watches ``folder``; its documents are for ``area`` (a slug). ``tick`` is the scheduled job."""

    def __init__(self, intake: TakesDocuments, folder: Path, area: str, clock: Callable[[], datetime]) -> None:
        self._intake, self._folder, self._area, self._clock = intake, folder, area, clock
        self._seen: dict[str, tuple[int, int]] = {}
        self._stuck: dict[str, tuple[int, int]] = {}  # taken, but the file could not be moved

    def tick(self) -> None:
        """Takes the files that are complete, at most MOST_AT_ONCE. Stops at a StoreError; the next tick goes on."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o770)
            listed = {path.name: _state(path) for path in sorted(self._folder.iterdir()) if _is_candidate(path)}
        except OSError as error:
            log.error("document folder unreadable", folder=str(self._folder), error=error.strerror)
            return
        self._stuck = {name: state for name, state in self._stuck.items() if listed.get(name) == state}
        ready = [name for name, state in listed.items() if self._seen.get(name) == state and name not in self._stuck]
        self._seen = listed
        for name in ready[:MOST_AT_ONCE]:
            try:
                self._take(self._folder / name)
            except StoreError as error:
                log.error("store unwell", error=str(error))
                return
            except OSError as error:
                self._stuck[name] = listed[name]
                log.error("document file not moved", error=error.strerror)

    def _take(self, path: Path) -> None:
        try:
            self._intake.take_document(_read(path), way="folder", actor=FOLDER_ACTOR, area=self._area)
        except ParseError as error:
            if error.code == "broken" and self._is_young(path):
                return
            self._refuse(path, error)
        else:
            _move(path, self._folder / "done", self._clock())

    def _is_young(self, path: Path) -> bool:
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return abs(self._clock() - changed) < PATIENCE

    def _refuse(self, path: Path, error: ParseError) -> None:
        refused = self._folder / "refused"
        if error.code == "secret":
            # Not even the file's name is kept: it may say what the document is about.
            path.unlink()
            refused.mkdir(exist_ok=True)
            stem = f"khong-giu-{self._clock():%Y%m%d-%H%M%S}"
        else:
            stem = _move(path, refused, self._clock()).name
        (refused / f"{stem}.txt").write_text(f"{error.message}\n", encoding="utf-8")


def _is_candidate(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".") and not path.name.lower().endswith(_UNFINISHED)


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _read(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise ParseError(TOO_LARGE, "too-large")
    try:
        return path.read_bytes()
    except OSError as error:
        raise ParseError(_UNREADABLE, "unreadable") from error


def _move(path: Path, folder: Path, now: datetime) -> Path:
    """Moves a file into the folder, under another name if there is one of this name already; returns its new path."""
    folder.mkdir(exist_ok=True)
    names: Iterable[str] = (
        path.name, f"{path.stem}-{now:%Y%m%d-%H%M%S}{path.suffix}", f"{path.stem}-{now:%Y%m%d-%H%M%S-%f}{path.suffix}"
    )  # fmt: skip
    target = next((folder / name for name in names if not (folder / name).exists()), folder / path.name)
    return path.rename(target)
