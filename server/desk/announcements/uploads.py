"""Receives files for announcements and shows the progress of their import by the worker; called by composer."""

from __future__ import annotations

import secrets
from pathlib import Path

from flask import abort, render_template, request
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from server.core.announcements.table_text import as_text
from server.desk.web.context import desk
from server.media.kinds import LARGEST_OF_ALL
from server.store.database.errors import NotFound
from server.store.media import uploads
from server.store.media.uploads import Upload


def receive() -> str:
    """Stores the posted file unopened, for the worker to import; returns an HTML fragment with its progress.

    Answers 400 without a file or an area, 403 without the right to upload for the area.
    """
    area, sent = request.form.get("area", ""), request.files.get("file")
    if not area or sent is None or not sent.filename:
        abort(400)
    desk.require("media.write", area)
    key = secrets.token_hex(16)
    name = Path(sent.filename.replace("\\", "/")).name[:120]
    path = _folder() / key
    if refusal := _save(sent, path):
        path.unlink(missing_ok=True)
        return _fragment(None, name, refusal)
    upload = Upload(key, desk.actor(), area, name, path.stat().st_size, desk.now())
    uploads.add(desk.db, upload)
    return _fragment(upload, name, "")


def _folder() -> Path:
    folder = desk.data / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _save(sent: FileStorage, path: Path) -> str:
    """Saves the uploaded file at ``path``; returns "", or a sentence why it was refused."""
    try:
        sent.save(path)
        if path.stat().st_size > LARGEST_OF_ALL:
            return str(gettext("Tệp lớn quá %(most)s MB.", most=LARGEST_OF_ALL // 2**20))
    except OSError:
        return str(gettext("Máy chủ không ghi được tệp, có lẽ đã hết chỗ. Hãy báo người quản trị."))
    return ""


def progress(key: str) -> str:
    """Returns an HTML fragment with the progress of the user's upload; 404 if the user has none with this key."""
    try:
        upload = uploads.get(desk.db, key, desk.actor())
    except NotFound:
        abort(404)
    return _fragment(upload, upload.name, upload.reason)


def _fragment(upload: Upload | None, name: str, refusal: str) -> str:
    return render_template(
        "announcements/composer/upload.html",
        upload=upload,
        name=name,
        refused=refusal,
        table=as_text(upload.table) if upload else "",
    )
