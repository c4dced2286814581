"""Takes bulletins that the source information system drops into a folder; a job of the worker.

    NAME.json, with its files beside it ──> done/     taken, together with its files
                                        └─> refused/  not taken, with NAME.json.txt that says why

A file that is still being written is left alone until it has not changed for some seconds.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from feeds.errors import ParseError
from feeds.sandbox.isolate import SandboxProcess
from server.core.areas import AreaTree
from server.core.model import SOURCE_SYSTEM, AnnouncementKind
from server.core.source_system.bulletins import BadBulletin, Bulletin, Files, Sender, areas_of
from server.core.source_system.dropped_file import MOST_BYTES, Dropped, Recall, Unfinished, read
from server.media.importer import ImportedFile, import_file
from server.notifications.source_bulletins import accept
from server.setup.config import Config
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreError, StoreRefusal
from server.store.media import library
from server.store.source_system import bulletins
from server.store.sources import sources
from server.worker.imported_files import keep_signatures, library_file

log = structlog.get_logger("source system")
NAME = "Hệ thống thông tin nguồn"
UNFINISHED_FOR = timedelta(minutes=5)
"""After this time without a change, a file that is no JSON, or whose files are missing, is refused."""
MOST_AT_ONCE = 100


class FileDrop:
    """Takes what lies in the folder; ``tick`` is the scheduled job.

    ``base`` is the folder that a relative path is relative to, ``media`` the folder of files that may be shown.
    ``sandbox`` is the child process that opens attached files. ``roots`` is the folder of the certificates that
    signatures of PDF files are checked against.
    """

    def __init__(
        self,
        db: Database,
        config: Config,
        base: Path,
        media: Path,
        clock: Callable[[], datetime],
        sandbox: SandboxProcess,
        *,
        roots: Path | None = None,
    ) -> None:
        self._db, self._config, self._media, self._clock, self._sandbox = db, config, media, clock, sandbox
        self._roots = roots
        self._folder = base / config.source_system.folder
        self._settle = timedelta(seconds=config.source_system.settle_seconds)

    def tick(self) -> int:
        """Takes or refuses the files that are complete, in the order of their names; returns how many."""
        try:
            found = sorted(one for one in self._folder.glob("*.json") if _plain(one))[:MOST_AT_ONCE]
        except OSError as error:
            log.error("folder not read", error=str(error))
            return 0
        handled = 0
        for path in found:
            try:
                handled += self._handle(path)
            except (StoreError, OSError) as error:
                if path.exists():  # else its writer has taken it away
                    log.error("bulletin left in the folder", name=path.name, error=str(error))
        return handled

    def _handle(self, path: Path) -> bool:
        age = self._age([path])
        if age < self._settle:
            return False
        names: tuple[str, ...] = ()
        try:
            dropped = read(_bytes(path), ZoneInfo(self._config.timezone))
            names = dropped.files
            self._need(names)
            if self._age([self._folder / name for name in names]) < self._settle:
                return False
            self._take(dropped)
        except Unfinished as error:
            if age < UNFINISHED_FOR:
                return False
            self._refuse(path, names, str(error))
        except (BadBulletin, NotFound, StoreRefusal, ParseError) as error:
            self._refuse(path, names, str(error))
        else:
            self._move(path, names, "done")
            log.info("bulletin taken", name=path.name)
        return True

    def _need(self, names: Iterable[str]) -> None:
        missing = [name for name in names if not _plain(self._folder / name)]
        if missing:
            raise Unfinished(f"Không có tệp kèm {', '.join(missing)} ở cùng thư mục.")

    def _age(self, paths: Iterable[Path]) -> timedelta:
        """Returns for how long none of the files has changed; a day for no file."""
        now = self._clock().timestamp()
        # A file from the future was written while a clock was wrong.
        ages = [abs(now - path.stat().st_mtime) for path in paths]
        return timedelta(seconds=min(ages, default=86_400))

    def _take(self, dropped: Dropped) -> None:
        sender, now = self._sender(), self._clock()
        if isinstance(dropped.content, Recall):
            bulletins.recall(self._db, dropped.content.number, sender, now=now, reason=dropped.content.reason)
            return
        paths = [self._folder / name for name in dropped.files]
        bulletin = replace(dropped.content, marks=tuple(_digest(path) for path in paths))
        earlier = bulletins.find(self._db, bulletin.number)
        known = earlier is not None and earlier.digest == bulletin.digest
        files = Files() if known else self._imported(bulletin, paths, now)
        accept(self._db, bulletin, files, sender, config=self._config, now=now)

    def _sender(self) -> Sender:
        tree, own = AreaTree(sources.areas(self._db)), self._config.source_system

        def sends(area: str) -> bool:
            return not own.areas or any(tree.covers(upper, area) for upper in own.areas)

        return Sender(SOURCE_SYSTEM, NAME, sends, lambda area: any(tree.covers(upper, area) for upper in own.air))

    def _imported(self, bulletin: Bulletin, paths: list[Path], now: datetime) -> Files:
        """Returns the bulletin's files, checked and drawn by a child process. Raises ParseError, BadBulletin."""
        if not paths:
            return Files()
        areas = areas_of(bulletin.areas, AreaTree(sources.areas(self._db)))
        found = [self._import(path, now) for path in paths]
        kinds = {_kind(one) for one in found}
        if len(found) > 1 and kinds != {"pictures"}:
            raise BadBulletin("Chỉ gửi cùng nhau các ảnh, hoặc một tệp PDF, một bảng, một video.")
        attachments = tuple(file for one in found for file in one.attachments)
        name, area = bulletin.title[:120], next(iter(areas), None)
        for file in attachments:
            kept = library_file(file, self._media, name=name, area=area, person=SOURCE_SYSTEM, now=now)
            library.put(self._db, kept)
        return Files(kinds.pop(), attachments, found[0].table)

    def _import(self, path: Path, now: datetime) -> ImportedFile:
        try:
            found = import_file(path, folder=self._media, sandbox=self._sandbox)
        except ParseError as error:
            raise BadBulletin(f"Tệp kèm {path.name}: {error.message}") from error
        keep_signatures(self._db, path, found, name=path.name, roots=self._roots, now=now, sandbox=self._sandbox)
        return found

    def _refuse(self, path: Path, names: Iterable[str], reason: str) -> None:
        target = self._move(path, names, "refused")
        target.with_name(f"{target.name}.txt").write_text(f"Không nhận {path.name}.\n{reason}\n", encoding="utf-8")
        log.warning("bulletin refused", name=path.name, reason=reason)

    def _move(self, path: Path, names: Iterable[str], folder: str) -> Path:
        """Moves a bulletin with its files into a folder below; a name that is taken there gets a number."""
        below = self._folder / folder
        below.mkdir(exist_ok=True)
        for name in names:
            if _plain(self._folder / name):
                shutil.move(self._folder / name, _free(below / name))
        target = _free(below / path.name)
        os.replace(path, target)
        return target


def _plain(path: Path) -> bool:
    """True for an ordinary file: a link could lead to any file of this machine."""
    return path.is_file() and not path.is_symlink() and not path.name.startswith(".")


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kind(one: ImportedFile) -> AnnouncementKind:
    if one.table:
        return "table"
    if any(file.type.startswith("video/") for file in one.attachments):
        return "video"
    return "pdf" if one.has_pages else "pictures"


def _free(path: Path) -> Path:
    number = 2
    found = path
    while found.exists():
        found, number = path.with_name(f"{path.stem}-{number}{path.suffix}"), number + 1
    return found
