"""What people sent is taken in by the worker, and what they made of it is never the server's to open."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.media.take import new_child
from server.store.database.engine import Database
from server.store.media import library, uploads
from server.store.media.uploads import Upload
from server.store.sources import sources
from server.worker.uploads import Intake
from tests.cast import AREAS, BOARDS, DAY, NOW, SOURCES
from tests.media import made


class Desk:
    """A store with the cast, the two folders, and the worker's job on them; the time is what the test says."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.sent, self.media = folder / "uploads", folder / "media"
        for each in (self.sent, self.media):
            each.mkdir()
        self.db = Database.open("sqlite:///bangtin.db", folder)
        self.db.migrate()
        sources.seed(self.db, areas=AREAS, sources=SOURCES, boards=BOARDS, now=NOW)
        self.intake = Intake(self.db, self.sent, self.media, lambda: self.now, new_child())

    def send(self, key: str, make: object = None) -> None:
        if callable(make):
            make(self.sent / key)
        uploads.add(self.db, Upload(key, "hoa", "xa-minh-tan", f"{key}.pdf", 1, self.now))

    def said(self, key: str) -> Upload:
        return uploads.get(self.db, key, "hoa")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_pdf_becomes_pages_of_the_library(desk: Desk) -> None:
    desk.send("lich", lambda path: made.pdf(path, [made.A4, made.A4]))
    desk.intake.beat()
    said = desk.said("lich")
    assert (said.state, len(said.attachments)) == ("done", 2)
    assert [one.name for one in library.listed(desk.db, ["xa-minh-tan"])] != []
    assert {one.hash for one in library.listed(desk.db, ["xa-minh-tan"])} == {one.hash for one in said.attachments}
    assert list(desk.sent.iterdir()) == []


def test_one_that_is_refused_says_why_and_the_next_is_taken(desk: Desk) -> None:
    desk.send("bom", made.picture_bomb)
    desk.send("anh", made.picture)
    desk.send("mat")
    desk.intake.beat()
    assert (desk.said("bom").state, desk.said("anh").state) == ("refused", "done")
    assert "điểm ảnh" in desk.said("bom").reason
    assert "không đọc được" in desk.said("mat").reason


def test_what_has_expired_leaves_the_disk(desk: Desk) -> None:
    desk.send("anh", made.picture)
    desk.intake.beat()
    (file,) = desk.said("anh").attachments
    library.describe(desk.db, file.hash, name="", alt="", expires=NOW + DAY, actor="hoa", now=NOW)
    desk.intake.tidy()
    assert len(list(desk.media.iterdir())) == 1
    desk.now = NOW + 3 * DAY
    desk.intake.tidy()
    assert list(desk.media.iterdir()) == []
