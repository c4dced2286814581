"""What is known of pictures: by hash, and by the address they came from."""

from __future__ import annotations

from server.core.model import Media
from server.store import media, revision
from server.store.engine import Database
from tests import cast

HERE = "https://tinh.example.vn/a.jpg"
THERE = "https://tinh.example.vn/b.jpg"


def test_a_picture_is_found_by_hash_and_by_address(db: Database) -> None:
    before = revision.current(db)
    picture = Media("aa", 640, 480, "image/png")
    media.put(db, picture, address=HERE)
    media.put(db, cast.media("bb"))
    assert media.get(db, "aa") == picture
    assert media.get(db, "bb") == cast.media("bb")
    assert media.known(db, [HERE, THERE]) == {HERE: picture}
    assert revision.current(db) == before


def test_what_is_not_known_is_not_there(db: Database) -> None:
    assert media.get(db, "aa") is None
    assert media.known(db, [HERE]) == {}
    assert media.known(db, []) == {}


def test_the_same_picture_again_takes_the_latest_address(db: Database) -> None:
    media.put(db, cast.media("aa"), address=HERE)
    media.put(db, cast.media("aa"))
    assert media.known(db, [HERE]) == {HERE: cast.media("aa")}
    media.put(db, cast.media("aa"), address=THERE)
    assert media.known(db, [HERE, THERE]) == {THERE: cast.media("aa")}
