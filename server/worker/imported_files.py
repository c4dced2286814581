"""Stores what is known of an imported file: its record in the library, its original, and its signatures.

Called by worker.uploads, worker.mailbox, worker.source_system and cli.announcements.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from feeds.sandbox.isolate import SandboxProcess
from server.core.announcements.originals import file_name
from server.core.model import Attachment, Original, PdfSignatures
from server.core.text_input import cleaned
from server.media.importer import ImportedFile
from server.media.media_files import SUFFIX, stored_path
from server.media.signature_check import check_signatures
from server.store.database.engine import Database
from server.store.media import originals, signatures
from server.store.media.library import LibraryFile


def keep_signatures(
    db: Database, path: Path, imported: ImportedFile, *, name: str, roots: Path | None, now: datetime,
    sandbox: SandboxProcess,
) -> None:  # fmt: skip
    """Stores what is found about the digital signatures of an imported PDF, for whoever shows its pages.

    ``roots`` is the folder of the certificates that they are checked against. The sandbox's process is ended.
    """
    if not imported.has_pages:
        return
    try:
        found = check_signatures(path, roots, now, sandbox=sandbox)
    finally:
        sandbox.close()
    if found:
        pages = tuple(page.hash for page in imported.attachments)
        signatures.put(db, PdfSignatures(pages, name, now, found))


def keep_original(db: Database, imported: ImportedFile, name: str) -> Original | None:
    """Stores that the document of an import is kept; returns it under its ``name``, None if there is none."""
    if imported.original is None:
        return None
    originals.put(db, imported.original, imported.attachments, imported.table)
    return replace(imported.original, name=file_name(name, SUFFIX[imported.original.type]))


def library_file(
    file: Attachment, media: Path, *, name: str, area: str | None, person: str, now: datetime
) -> LibraryFile:
    """Makes the library's record of a stored file that ``person`` uploaded; ``now`` is the time of the upload.

    ``media`` is the folder in which the file is stored, ``area`` the slug of the area that owns it, None for none.
    """
    size = stored_path(media, file.hash, file.type).stat().st_size
    return LibraryFile(
        file.hash,
        file.width,
        file.height,
        file.type,
        file.seconds,
        area,
        cleaned(name),
        file.alt,
        now,
        person,
        size,
        None,
    )
