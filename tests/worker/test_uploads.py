"""The worker imports uploaded files, so that the server process need not open any of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.media.importer import file_sandbox
from server.store.database.engine import Database
from server.store.media import library, uploads
from server.store.media.uploads import Upload
from server.store.sources import sources
from server.worker.uploads import UploadImporter
from tests.cast import AREAS, BOARDS, DAY, NOW, SOURCES
from tests.media import made


class Desk:
    """A store with the cast, the folders ``sent`` and ``media``, and the worker's upload job; tests set ``now``."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.sent, self.media = folder / "uploads", folder / "media"
        for each in (self.sent, self.media):
            each.mkdir()
        self.db = Database.open("sqlite:///bangtin.db", folder)
        self.db.migrate()
        sources.seed(self.db, areas=AREAS, sources=SOURCES, boards=BOARDS, now=NOW)
        self.importer = UploadImporter(self.db, self.sent, self.media, lambda: self.now, file_sandbox())

    def send(self, key: str, make: object = None) -> None:
        if callable(make):
            make(self.sent / key)
        uploads.add(self.db, Upload(key, "hoa", "xa-minh-tan", f"{key}.pdf", 1, self.now))

    def upload(self, key: str) -> Upload:
        return uploads.get(self.db, key, "hoa")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_pdf_becomes_pages_of_the_library(desk: Desk) -> None:
    desk.send("lich", lambda path: made.pdf(path, [made.A4, made.A4]))
    desk.importer.tick()
    upload = desk.upload("lich")
    assert (upload.state, len(upload.attachments)) == ("done", 2)
    assert [one.name for one in library.listed(desk.db, ["xa-minh-tan"])] != []
    assert {one.hash for one in library.listed(desk.db, ["xa-minh-tan"])} == {one.hash for one in upload.attachments}
    assert list(desk.sent.iterdir()) == []


def test_a_refused_file_has_a_reason_and_the_next_is_imported(desk: Desk) -> None:
    desk.send("bom", made.picture_bomb)
    desk.send("anh", made.picture)
    desk.send("mat")
    desk.importer.tick()
    assert (desk.upload("bom").state, desk.upload("anh").state) == ("refused", "done")
    assert "điểm ảnh" in desk.upload("bom").reason
    assert "không đọc được" in desk.upload("mat").reason


def test_expired_files_are_deleted(desk: Desk) -> None:
    desk.send("anh", made.picture)
    desk.importer.tick()
    (file,) = desk.upload("anh").attachments
    library.describe(desk.db, file.hash, name="", alt="", expires=NOW + DAY, actor="hoa", now=NOW)
    desk.importer.delete_expired()
    assert len(list(desk.media.iterdir())) == 1
    desk.now = NOW + 3 * DAY
    desk.importer.delete_expired()
    assert list(desk.media.iterdir()) == []
