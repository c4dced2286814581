"""The library of uploaded files: listed by area, described, expired, and removed only if unused."""

from __future__ import annotations

import pytest

from server.core.model import Attachment, Media
from server.store.announcements import announcements
from server.store.audit import audit
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreRefusal
from server.store.media import library, pictures
from server.store.media.library import LibraryFile
from tests import cast
from tests.cast import DAY, EDITOR, NOW, OPERATOR
from tests.store.changed import changed


def library_file(hash: str = "0123456789abcdef", **changes: object) -> LibraryFile:
    """A picture that an operator of the commune uploaded."""
    made = LibraryFile(
        hash, width=9, height=9, type="image/webp", seconds=0.0, area="xa-minh-tan", name="Sân đình", alt="",
        added=NOW, added_by=OPERATOR.slug, size=100, expires=None,
    )  # fmt: skip
    return changed(made, **changes)


def test_the_library_lists_uploaded_files_by_area(db: Database) -> None:
    pictures.put(db, Media("f" * 16, 1, 1), address="https://tinh.example.vn/a.jpg")
    library.put(db, library_file())
    assert library.listed(db, ["xa-minh-tan"]) == (library_file(),)
    assert library.listed(db, ["tinh"]) == ()
    assert library.get(db, library_file().hash).media == library_file().media


def test_an_uploaded_picture_of_a_source_joins_the_library(db: Database) -> None:
    pictures.put(db, Media(library_file().hash, 9, 9), address="https://tinh.example.vn/a.jpg")
    library.put(db, library_file())
    library.put(db, library_file(name="Khác"))
    assert library.listed(db, ["xa-minh-tan"]) == (library_file(),)
    assert set(pictures.known(db, ["https://tinh.example.vn/a.jpg"])) == {"https://tinh.example.vn/a.jpg"}


def test_description_and_expiry_are_changed_and_audited(db: Database) -> None:
    library.put(db, library_file())

    def describe() -> LibraryFile:
        alt = "Sân đình ngày hội"
        return library.describe(
            db, library_file().hash, name="Sân đình", alt=alt, expires=NOW + DAY, actor="hoa", now=NOW
        )

    described = describe()
    assert described.alt == "Sân đình ngày hội"
    describe()
    assert [act.act for act in audit.all(db)] == ["media.describe"]
    assert library.forget_expired(db, NOW) == ()
    assert library.forget_expired(db, NOW + DAY) == (described,)
    assert library.listed(db, ["xa-minh-tan"]) == ()


def test_a_file_in_use_is_not_removed(db: Database) -> None:
    library.put(db, library_file())
    shows = cast.announcement(kind="pictures", attachments=(Attachment(library_file().hash, "", 9, 9),))
    posted = announcements.post(db, shows, actor=OPERATOR.slug)
    with pytest.raises(StoreRefusal, match="đang được dùng"):
        library.remove(db, library_file().hash, actor=EDITOR.slug, now=NOW)
    library.describe(db, library_file().hash, name="", alt="", expires=NOW, actor=EDITOR.slug, now=NOW)
    assert library.forget_expired(db, NOW + DAY) == ()
    announcements.withdraw(db, posted.id, actor=EDITOR.slug, now=NOW)
    library.remove(db, library_file().hash, actor=EDITOR.slug, now=NOW)
    with pytest.raises(NotFound):
        library.get(db, library_file().hash)
