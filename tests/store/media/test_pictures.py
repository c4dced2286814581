"""What is known of pictures: by hash, and by the address they came from."""

from __future__ import annotations

from server.core.model import Media
from server.store.database import revision
from server.store.database.engine import Database
from server.store.media import pictures
from tests import cast

HERE = "https://tinh.example.vn/a.jpg"
THERE = "https://tinh.example.vn/b.jpg"


def test_a_picture_is_found_by_hash_and_by_address(db: Database) -> None:
    before = revision.current(db)
    picture = Media("aa", 640, 480, "image/png")
    pictures.put(db, picture, address=HERE)
    pictures.put(db, cast.media("bb"))
    assert pictures.get(db, "aa") == picture
    assert pictures.get(db, "bb") == cast.media("bb")
    assert pictures.known(db, [HERE, THERE]) == {HERE: picture}
    assert revision.current(db) == before


def test_what_is_not_known_is_not_there(db: Database) -> None:
    assert pictures.get(db, "aa") is None
    assert pictures.known(db, [HERE]) == {}
    assert pictures.known(db, []) == {}


def test_the_same_picture_again_takes_the_latest_address(db: Database) -> None:
    pictures.put(db, cast.media("aa"), address=HERE)
    pictures.put(db, cast.media("aa"))
    assert pictures.known(db, [HERE]) == {HERE: cast.media("aa")}
    pictures.put(db, cast.media("aa"), address=THERE)
    assert pictures.known(db, [HERE, THERE]) == {THERE: cast.media("aa")}
