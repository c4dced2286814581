"""Stored pictures are found by their hash and by the address that they came from."""

from __future__ import annotations

from sqlalchemy import select

from server.core.model import Media
from server.store.database import revision
from server.store.database.engine import Database
from server.store.media import pictures
from server.store.tables import columns_of, media
from tests import cast

HERE = "https://tinh.example.vn/a.jpg"
THERE = "https://tinh.example.vn/b.jpg"


def by_hash(db: Database, hash: str) -> Media | None:
    with db.read() as conn:
        row = conn.execute(select(*columns_of(media, Media)).where(media.c.hash == hash)).one_or_none()
        return Media(**row._asdict()) if row else None


def test_a_picture_is_found_by_hash_and_by_address(db: Database) -> None:
    before = revision.current(db)
    picture = Media("aa", 640, 480, "image/png")
    pictures.put(db, picture, address=HERE)
    pictures.put(db, cast.media("bb"))
    assert by_hash(db, "aa") == picture
    assert by_hash(db, "bb") == cast.media("bb")
    assert pictures.known(db, [HERE, THERE]) == {HERE: picture}
    assert revision.current(db) == before


def test_an_unknown_picture_is_not_found(db: Database) -> None:
    assert by_hash(db, "aa") is None
    assert pictures.known(db, [HERE]) == {}
    assert pictures.known(db, []) == {}


def test_the_same_picture_again_takes_the_latest_address(db: Database) -> None:
    pictures.put(db, cast.media("aa"), address=HERE)
    pictures.put(db, cast.media("aa"))
    assert pictures.known(db, [HERE]) == {HERE: cast.media("aa")}
    pictures.put(db, cast.media("aa"), address=THERE)
    assert pictures.known(db, [HERE, THERE]) == {THERE: cast.media("aa")}
