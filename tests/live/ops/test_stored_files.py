"""Files that the desk names are sent whole or in part, once each is open no longer than it is read, and no others."""

from __future__ import annotations

from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from werkzeug.test import Client

from server.live.ops.stored_files import StoredFiles
from server.security_headers import FILE_HEADER

NAME = f"{'a' * 16}.pdf"


def client(folder: Path, name: str = NAME, status: str = "200 OK") -> Client:
    """A client of an application that names a file; the file ``NAME`` exists."""
    (folder / NAME).write_bytes(b"0123456789")

    def app(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response(
            status,
            [("Content-Type", "application/pdf"), ("Content-Length", "5"), ("ETag", '"t"'), (FILE_HEADER, name)],
        )
        return [b"words"]

    return Client(StoredFiles(app, folder))


def test_the_file_takes_the_place_of_the_body(tmp_path: Path) -> None:
    answer = client(tmp_path).get("/", buffered=True)
    assert (answer.data, answer.content_length, answer.content_type) == (b"0123456789", 10, "application/pdf")
    assert FILE_HEADER not in answer.headers
    head = client(tmp_path).head("/", buffered=True)
    assert (head.data, head.content_length) == (b"", 10)


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=2-4", 206, b"234"),
        ("bytes=-3", 206, b"789"),
        ("bytes=99-", 416, b""),
        ("bytes=0-", 206, b"0123456789"),
    ],
)
def test_parts_are_sent_as_asked(tmp_path: Path, asked: str, status: int, body: bytes) -> None:
    answer = client(tmp_path).get("/", headers={"Range": asked}, buffered=True)
    assert (answer.status_code, answer.data) == (status, body)


def test_a_reader_who_has_the_file_gets_nothing(tmp_path: Path) -> None:
    answer = client(tmp_path).get("/", headers={"If-None-Match": '"t"'}, buffered=True)
    assert (answer.status_code, answer.data) == (304, b"")


@pytest.mark.parametrize("name", [f"{'b' * 16}.pdf", "../bangtin.db", f"../media/{NAME}", "x"])
def test_what_is_no_stored_file_is_gone(tmp_path: Path, name: str) -> None:
    (tmp_path.parent / "bangtin.db").write_bytes(b"secret")
    answer = client(tmp_path, name).get("/", buffered=True)
    assert (answer.status_code, b"secret" in answer.data) == (410, False)


def test_a_refusal_stays_what_it_is(tmp_path: Path) -> None:
    answer = client(tmp_path, status="410 Gone").get("/", buffered=True)
    assert (answer.status_code, answer.data) == (410, b"words")
    assert FILE_HEADER not in answer.headers
