"""An upload is claimed by one worker, is visible only to its sender, and is deleted after two days."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from server.core.model import Attachment
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.media import uploads
from server.store.media.uploads import Upload
from tests.cast import DAY, MINUTE, NOW


def sent(key: str = "t1", created: datetime = NOW) -> Upload:
    return Upload(key, "hoa", "xa-minh-tan", "lich.pdf", 9, created)


def test_an_upload_is_done_once_and_by_one_worker(db: Database) -> None:
    uploads.add(db, sent("t2", created=NOW + MINUTE))
    uploads.add(db, sent())
    first, second = uploads.claim(db, NOW), uploads.claim(db, NOW)
    assert first is not None
    assert second is not None
    assert (first.key, second.key) == ("t1", "t2")
    assert uploads.claim(db, NOW) is None
    page = Attachment("0123456789abcdef", "Trang 1", 9, 9)
    uploads.done(db, "t1", attachments=[page])
    uploads.refused(db, "t2", "Tệp hỏng")
    assert uploads.get(db, "t1", "hoa").attachments == (page,)
    assert uploads.get(db, "t2", "hoa").reason == "Tệp hỏng"
    assert uploads.claim(db, NOW + DAY) is None


def test_an_upload_is_claimed_again_when_its_lease_expires(db: Database) -> None:
    uploads.add(db, sent())
    uploads.claim(db, NOW)
    again = uploads.claim(db, NOW + uploads.LEASE + timedelta(seconds=1))
    assert again is not None
    assert again.key == "t1"


def test_uploads_are_private_and_deleted_after_two_days(db: Database) -> None:
    uploads.add(db, sent())
    with pytest.raises(NotFound):
        uploads.get(db, "t1", "lan")
    assert uploads.forget(db, NOW + uploads.KEPT) == ()
    assert uploads.forget(db, NOW + uploads.KEPT + MINUTE) == ("t1",)


def test_an_upload_that_cannot_be_read_keeps_no_other_waiting(db: Database) -> None:
    for number, key in enumerate(("hong", "lanh")):
        uploads.add(db, sent(key, created=NOW + number * MINUTE))
    with db.write() as conn:
        conn.execute(text("UPDATE uploads SET attachments = '5' WHERE key = 'hong'"))
    taken = uploads.claim(db, NOW + DAY)
    assert taken is not None
    assert taken.key == "lanh"
    assert uploads.claim(db, NOW + DAY) is None


@pytest.mark.parametrize(
    ("name", "types", "table", "kind"),
    [
        ("lich.xlsx", (), (("Ngày",), ("05/12",)), "table"),
        ("phim", ("video/mp4",), (), "video"),
        ("quyet-dinh.PDF", ("image/webp",), (), "pdf"),
        ("khong-co-duoi", ("image/webp", "image/webp"), (), "pdf"),
        ("anh.jpg", ("image/webp",), (), "pictures"),
    ],
)
def test_what_a_file_has_become_decides_the_kind_of_its_announcement(
    name: str, types: tuple[str, ...], table: tuple[tuple[str, ...], ...], kind: str
) -> None:
    attachments = tuple(Attachment("a" * 16, "", 10, 10, type=one) for one in types)
    assert Upload("k", "hoa", "tinh", name, 1, NOW, "done", attachments=attachments, table=table).kind == kind
