"""Takes in the files that people have sent, one after the other; run by the worker's metronome only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from feeds.errors import ParseError
from server.core.model import Attachment
from server.media.take import Asks, Taken, stored, take
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.media import library, uploads
from server.store.media.library import Kept
from server.store.media.uploads import Upload

log = structlog.get_logger("uploads")
UNREADABLE = "Máy chủ không đọc được tệp hoặc đã hết chỗ, hãy báo người quản trị."


class Intake:
    """``sent`` is the folder of files as they came, ``media`` that of what may be shown."""

    def __init__(self, db: Database, sent: Path, media: Path, clock: Callable[[], datetime], child: Asks) -> None:
        self._db, self._sent, self._media, self._clock, self._child = db, sent, media, clock, child

    def beat(self) -> None:
        """Take in everything that waits."""
        while True:
            try:
                upload = uploads.claim(self._db, self._clock())
                if upload is None:
                    return
                self._take(upload)
            except StoreError as error:
                log.error("store unwell", error=str(error))
                return

    def tidy(self) -> None:
        """Drop files that nobody came back for, and library files whose time is over and that nothing shows."""
        for key in uploads.forget(self._db, self._clock()):
            (self._sent / key).unlink(missing_ok=True)
        for kept in library.forget_expired(self._db, self._clock()):
            stored(self._media, kept.hash, kept.type).unlink(missing_ok=True)

    def _take(self, upload: Upload) -> None:
        path = self._sent / upload.key
        try:
            taken = take(path, folder=self._media, child=self._child)
        except ParseError as error:
            log.info("upload refused", name=upload.name, code=error.code)
            uploads.refused(self._db, upload.key, error.message)
        except OSError as error:
            log.error("upload lost", name=upload.name, error=str(error))
            uploads.refused(self._db, upload.key, UNREADABLE)
        else:
            self._finish(upload, taken)
        path.unlink(missing_ok=True)

    def _finish(self, upload: Upload, taken: Taken) -> None:
        for number, file in enumerate(taken.attachments, start=1):
            name = upload.name if len(taken.attachments) == 1 else f"{upload.name}, trang {number}"
            about = {"name": name, "area": upload.area, "person": upload.person}
            library.put(self._db, library_file(file, self._media, **about, now=self._clock()))
        uploads.done(self._db, upload.key, attachments=taken.attachments, table=taken.table)
        log.info("upload taken", name=upload.name, files=len(taken.attachments), rows=len(taken.table))


def library_file(file: Attachment, media: Path, *, name: str, area: str, person: str, now: datetime) -> Kept:
    """A stored file as the library notes it."""
    size = stored(media, file.hash, file.type).stat().st_size
    return Kept(
        file.hash, file.width, file.height, file.type, file.seconds, area, name, file.alt, now, person, size, None
    )
