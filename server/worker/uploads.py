"""Imports uploaded files: checks and re-encodes them one after the other; created by server.processes.worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from feeds.errors import ParseError
from feeds.sandbox.isolate import SandboxProcess
from server.media.importer import ImportedFile, import_file
from server.media.media_files import stored_path
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.media import library, uploads
from server.store.media.uploads import Upload
from server.worker.imported_files import keep_original, keep_signatures, library_file

log = structlog.get_logger("uploads")
UNREADABLE = "Máy chủ không đọc được tệp hoặc đã hết chỗ, hãy báo người quản trị."


class UploadImporter:
    """Imports files from the folder ``sent`` (unchecked uploads) into the folder ``media`` (files that may be shown).

    ``tick`` and ``delete_expired`` are the scheduled jobs. ``sandbox`` is the child process that decodes files.
    ``roots`` is the folder of the certificates that signatures of PDF files are checked against.
    """

    def __init__(
        self,
        db: Database,
        sent: Path,
        media: Path,
        clock: Callable[[], datetime],
        sandbox: SandboxProcess,
        *,
        roots: Path | None = None,
    ) -> None:
        self._db, self._sent, self._media, self._clock, self._sandbox = db, sent, media, clock, sandbox
        self._roots = roots

    def tick(self) -> None:
        """Imports all waiting uploads. Stops at a StoreError, which is logged; the next tick continues."""
        while True:
            try:
                upload = uploads.claim(self._db, self._clock())
                if upload is None:
                    return
                self._import(upload)
            except StoreError as error:
                log.error("store unwell", error=str(error))
                return

    def delete_expired(self) -> None:
        """Deletes uploads older than two days, and expired files of the library that no announcement uses."""
        for key in uploads.forget(self._db, self._clock()):
            (self._sent / key).unlink(missing_ok=True)
        for kept in library.forget_expired(self._db, self._clock()):
            stored_path(self._media, kept.hash, kept.type).unlink(missing_ok=True)

    def _import(self, upload: Upload) -> None:
        path = self._sent / upload.key
        try:
            imported = import_file(path, folder=self._media, sandbox=self._sandbox)
            keep_signatures(
                self._db,
                path,
                imported,
                name=upload.name,
                roots=self._roots,
                now=self._clock(),
                sandbox=self._sandbox,
            )
        except ParseError as error:
            log.info("upload refused", name=upload.name, code=error.code)
            uploads.refused(self._db, upload.key, error.message)
        except OSError as error:
            log.error("upload lost", name=upload.name, error=str(error))
            uploads.refused(self._db, upload.key, UNREADABLE)
        else:
            self._finish(upload, imported)
        path.unlink(missing_ok=True)

    def _finish(self, upload: Upload, imported: ImportedFile) -> None:
        for number, file in enumerate(imported.attachments, start=1):
            name = upload.name if len(imported.attachments) == 1 else f"{upload.name}, trang {number}"
            about = {"name": name, "area": upload.area, "person": upload.person}
            library.put(self._db, library_file(file, self._media, **about, now=self._clock()))
        original = keep_original(self._db, imported, upload.name)
        uploads.done(
            self._db, upload.key, attachments=imported.attachments, table=imported.table, notes=imported.notes,
            original=original,
        )  # fmt: skip
        log.info("upload taken", name=upload.name, files=len(imported.attachments), rows=len(imported.table))
