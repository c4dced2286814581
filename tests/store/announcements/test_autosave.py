"""What is typed, uploaded and kept in the library belongs to people, and is there when they come back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.core.model import Attachment, Media
from server.store.announcements import announcements, autosave
from server.store.announcements.autosave import Autosave
from server.store.audit import audit
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreRefusal
from server.store.media import library, pictures, uploads
from server.store.media.library import LibraryFile
from server.store.media.uploads import Upload
from tests import cast
from tests.cast import DAY, EDITOR, MINUTE, NOW, OPERATOR


def begun(key: str = "k1", **changes: Any) -> Autosave:
    made: dict[str, Any] = {
        "person": "hoa",
        "announcement": None,
        "version": None,
        "saved": NOW,
        "form": {"title": "Lịch"},
    }
    return Autosave(key, **(made | changes))


def test_what_is_typed_is_there_again_and_only_for_its_writer(db: Database) -> None:
    autosave.keep(db, begun())
    autosave.keep(db, begun(form={"title": "Lịch họp"}, saved=NOW + MINUTE))
    assert autosave.of(db, "hoa") == (begun(form={"title": "Lịch họp"}, saved=NOW + MINUTE),)
    assert autosave.get(db, "k1", "hoa") is not None
    assert autosave.get(db, "k1", "lan") is None
    with pytest.raises(StoreRefusal, match="người khác"):
        autosave.keep(db, begun(person="lan"))
    autosave.drop(db, "k1", "lan")
    assert len(autosave.of(db, "hoa")) == 1
    autosave.drop(db, "k1", "hoa")
    assert autosave.of(db, "hoa") == ()


def test_only_the_latest_drafts_of_a_person_are_kept(db: Database) -> None:
    for number in range(autosave.MOST_KEPT + 5):
        autosave.keep(db, begun(f"k{number}", saved=NOW + number * MINUTE))
    autosave.keep(db, begun("other", person="lan", saved=NOW - DAY))
    assert [one.key for one in autosave.of(db, "hoa")][-1] == "k5"
    assert len(autosave.of(db, "hoa")) == autosave.MOST_KEPT
    assert len(autosave.of(db, "lan")) == 1


def test_no_end_of_typing_is_kept(db: Database) -> None:
    with pytest.raises(StoreRefusal, match="quá dài"):
        autosave.keep(db, begun(form={"text": "a" * autosave.LARGEST}))


def sent(key: str = "t1", **changes: Any) -> Upload:
    made: dict[str, Any] = {"person": "hoa", "area": "xa-minh-tan", "name": "lich.pdf", "size": 9, "created": NOW}
    return Upload(key, **(made | changes))


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


def test_what_a_dead_worker_held_is_taken_up_again(db: Database) -> None:
    uploads.add(db, sent())
    uploads.claim(db, NOW)
    again = uploads.claim(db, NOW + uploads.LEASE + timedelta(seconds=1))
    assert again is not None
    assert again.key == "t1"


def test_nobody_sees_the_uploads_of_others_and_they_are_forgotten(db: Database) -> None:
    uploads.add(db, sent())
    with pytest.raises(NotFound):
        uploads.get(db, "t1", "lan")
    assert uploads.forget(db, NOW + uploads.KEPT) == ()
    assert uploads.forget(db, NOW + uploads.KEPT + MINUTE) == ("t1",)


def kept(hash: str = "0123456789abcdef", **changes: Any) -> LibraryFile:
    made: dict[str, Any] = {
        "width": 9, "height": 9, "type": "image/webp", "seconds": 0.0, "area": "xa-minh-tan", "name": "Sân đình",
        "alt": "", "added": NOW, "added_by": OPERATOR.slug, "size": 100, "expires": None,
    }  # fmt: skip
    return LibraryFile(hash, **(made | changes))


def test_the_library_holds_what_people_uploaded_for_their_areas(db: Database) -> None:
    pictures.put(db, Media("f" * 16, 1, 1), address="https://tinh.example.vn/a.jpg")
    library.put(db, kept())
    assert library.listed(db, ["xa-minh-tan"]) == (kept(),)
    assert library.listed(db, ["tinh"]) == ()
    assert library.get(db, kept().hash).media == kept().media


def test_a_picture_of_a_source_becomes_the_librarys_when_it_is_uploaded_too(db: Database) -> None:
    pictures.put(db, Media(kept().hash, 9, 9), address="https://tinh.example.vn/a.jpg")
    library.put(db, kept())
    library.put(db, kept(name="Khác"))
    assert library.listed(db, ["xa-minh-tan"]) == (kept(),)
    assert set(pictures.known(db, ["https://tinh.example.vn/a.jpg"])) == {"https://tinh.example.vn/a.jpg"}


def test_words_and_expiry_are_said_afterwards_and_audited(db: Database) -> None:
    library.put(db, kept())
    said: dict[str, Any] = {
        "name": "Sân đình",
        "alt": "Sân đình ngày hội",
        "expires": NOW + DAY,
        "actor": "hoa",
        "now": NOW,
    }
    described = library.describe(db, kept().hash, **said)
    assert described.alt == "Sân đình ngày hội"
    library.describe(db, kept().hash, **said)
    assert [act.act for act in audit.all(db)] == ["media.describe"]
    assert library.forget_expired(db, NOW) == ()
    assert library.forget_expired(db, NOW + DAY) == (described,)
    assert library.listed(db, ["xa-minh-tan"]) == ()


def test_what_is_in_use_is_not_removed(db: Database) -> None:
    library.put(db, kept())
    shows = cast.announcement(kind="pictures", attachments=(Attachment(kept().hash, "", 9, 9),))
    posted = announcements.post(db, shows, actor=OPERATOR.slug)
    with pytest.raises(StoreRefusal, match="đang được dùng"):
        library.remove(db, kept().hash, actor=EDITOR.slug, now=NOW)
    library.describe(db, kept().hash, name="", alt="", expires=NOW, actor=EDITOR.slug, now=NOW)
    assert library.forget_expired(db, NOW + DAY) == ()
    announcements.withdraw(db, posted.id, actor=EDITOR.slug, now=NOW)
    library.remove(db, kept().hash, actor=EDITOR.slug, now=NOW)
    with pytest.raises(NotFound):
        library.get(db, kept().hash)
