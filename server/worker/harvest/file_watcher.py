"""Watches sources that are files or folders, so that a change is read at once; a thread of the worker.

It uses the operating system's change notifications, and checks every 5 s which files are sources now.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import structlog
from watchfiles import watch

from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.sources import sources

log = structlog.get_logger("watch")
LOOK_AGAIN_MS = 5_000
SETTLE_MS = 300
"""Milliseconds without a change after which a file counts as completely written."""


class FileWatcher:
    """Makes a file source due as soon as its file changes.

    Paths of file sources are relative to the folder ``base``.
    """

    def __init__(self, db: Database, clock: Callable[[], datetime], base: Path) -> None:
        self._db, self._clock, self._base = db, clock, base
        self._stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> Callable[[], None]:
        """Starts watching; returns the function that stops it."""
        self.thread.start()
        return self._stopping.set

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                watched = self._watched()
                self._wait(watched)
            except (StoreError, OSError) as error:
                log.error("files not watched", error=str(error))
                self._stopping.wait(LOOK_AGAIN_MS / 1000)

    def _watched(self) -> dict[str, Path]:
        """The sources to watch: slug -> resolved path of the file or folder."""
        files = (source for source in sources.all(self._db) if "://" not in source.url)
        return {source.slug: (self._base / source.url).resolve() for source in files}

    def _wait(self, watched: dict[str, Path]) -> None:
        """Makes a source due when its file changes; returns when the file sources are no longer those in ``watched``.

        Returns after LOOK_AGAIN_MS if none of the folders exists.
        """
        folders = {path if path.is_dir() else path.parent for path in watched.values()}
        there = [folder for folder in folders if folder.is_dir()]
        if not there:
            self._stopping.wait(LOOK_AGAIN_MS / 1000)
            return
        changes = watch(
            *there,
            stop_event=self._stopping,
            debounce=SETTLE_MS,
            step=50,
            rust_timeout=LOOK_AGAIN_MS,
            yield_on_timeout=True,
            recursive=False,
            raise_interrupt=False,
        )
        for changed in changes:
            paths = {Path(path).resolve() for _, path in changed}
            for slug in touched(watched, paths):
                sources.due_now(self._db, slug, now=self._clock())
            if self._watched() != watched:
                return


def touched(watched: dict[str, Path], changed: Iterable[Path]) -> set[str]:
    """The slugs of the sources to which one of the files ``changed`` belongs; ``watched``: slug -> file or folder."""
    paths = set(changed)
    return {slug for slug, at in watched.items() if at in paths or any(path.parent == at for path in paths)}
