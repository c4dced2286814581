"""API operations on files for announcements: upload one, ask whether the worker has checked it; registered by api.v1.

A client uploads a file first. The worker checks it like a file that is uploaded in the composer. Then an announcement
may name the file by its key.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from flask import Response, abort
from flask_openapi.models.file import FileStorage
from pydantic import BaseModel, ConfigDict, Field

from server.core.model import Announcement, UploadState
from server.desk.api.v1.blueprint import READ, WRITE, answer, api, token
from server.desk.api.v1.inputs import CLEAN, Sent, Text
from server.desk.api.words import say
from server.desk.web.context import desk
from server.desk.web.error_pages import request_language
from server.desk.web.problems import problem
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.media.kinds import LARGEST_OF_ALL
from server.store.database.errors import NotFound
from server.store.media import uploads
from server.store.media.uploads import Upload

KEY = "^[0-9a-f]{32}$"


class UploadForm(Sent):
    """A file for announcements of an area, as multipart/form-data."""

    model_config = ConfigDict(title="Upload")

    area: Text
    file: FileStorage


class SentFile(Sent):
    """A file that was uploaded before, named by its `key`. `alt` describes a picture for people who cannot see it."""

    model_config = ConfigDict(title="SentFile")

    key: Annotated[str, Field(pattern=KEY), CLEAN]
    alt: Annotated[str, Field(max_length=300), CLEAN] = ""


class OfFile(BaseModel):
    """The path parameters of an operation on one file."""

    key: Annotated[str, Field(pattern=KEY)]


class FileShape(BaseModel):
    """An uploaded file. `state` is `waiting` or `working` until it is checked, then `done` or `refused`.

    `reason` is a sentence why it was refused; `pages` is how many pictures, or pages of a PDF, the worker made of it.
    """

    model_config = ConfigDict(title="File")

    key: str
    area: str
    name: str
    size: int
    state: UploadState
    reason: str
    pages: int


@api.post("/v1/files", responses={201: FileShape, **WRITE}, summary="Send a file for an announcement")
@needs("media.write", factor="none")
def send_file(form: UploadForm) -> Response:
    """Stores a picture, PDF, video or table unopened, for the worker to check. An upload is kept for two days.

    Answers 413 if the file is too large, 503 if it cannot be stored.
    """
    desk.require("media.write", form.area)
    folder, key = desk.data / "uploads", secrets.token_hex(16)
    path = folder / key
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        form.file.save(path)
        size = path.stat().st_size
    except OSError:
        path.unlink(missing_ok=True)
        return problem(503, say("disk full"))
    if size > LARGEST_OF_ALL:
        path.unlink()
        return problem(413, say("too large", most=LARGEST_OF_ALL // 2**20))
    name = Path((form.file.filename or "").replace("\\", "/")).name[:120]
    upload = Upload(key, token().actor, form.area, name, size, desk.now())
    uploads.add(desk.db, upload)
    return answer(_shape(upload), 201)


@api.get("/v1/files/<key>", responses={200: FileShape, **READ}, summary="Whether a file has been checked")
@needs("media.write")
def one_file(path: OfFile) -> Response:
    """Reads the state of a file that was uploaded with this API key; 404 for any other."""
    try:
        return answer(_shape(uploads.get(desk.db, path.key, token().actor)))
    except NotFound:
        abort(404)


def with_files(one: Announcement, sent: Sequence[SentFile]) -> Announcement:
    """Returns the announcement with the uploaded files attached.

    Raises ValueError, with a sentence for the caller, if a file is unknown, not checked yet or refused, or if several
    files are not all pictures.
    """
    if not sent:
        return one
    found = [_checked(file.key) for file in sent]
    if len(found) > 1 and any(upload.kind != "pictures" for upload in found):
        raise ValueError(say("mixed files"))
    attachments = tuple(
        replace(attachment, alt=file.alt or attachment.alt)
        for file, upload in zip(sent, found, strict=True)
        for attachment in upload.attachments
    )
    originals = tuple(upload.original for upload in found if upload.original)
    return replace(one, kind=found[0].kind, attachments=attachments, table=found[0].table, originals=originals)


def _checked(key: str) -> Upload:
    try:
        found = uploads.get(desk.db, key, token().actor)
    except NotFound as error:
        raise ValueError(say("unknown file", key=key)) from error
    if found.state == "refused":
        raise ValueError(say("refused file", key=key, reason=said(found.reason, request_language())))
    if found.state != "done":
        raise ValueError(say("not ready", key=key))
    return found


def _shape(one: Upload) -> FileShape:
    return FileShape(
        key=one.key, area=one.area, name=one.name, size=one.size, state=one.state,
        reason=said(one.reason, request_language()), pages=len(one.attachments),
    )  # fmt: skip
