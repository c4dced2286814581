"""Autosaved form values belong to one person and can be loaded again by that person only."""

from __future__ import annotations

import pytest

from server.store.announcements import autosave
from server.store.announcements.autosave import Autosave
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from tests.cast import DAY, MINUTE, NOW
from tests.store.changed import changed


def begun(key: str = "k1", **changes: object) -> Autosave:
    return changed(Autosave(key, "hoa", None, None, NOW, {"title": "Lịch"}), **changes)


def test_an_autosave_is_found_again_by_its_writer_only(db: Database) -> None:
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


def test_only_the_latest_autosaves_of_a_person_are_kept(db: Database) -> None:
    for number in range(autosave.MOST_KEPT + 5):
        autosave.keep(db, begun(f"k{number}", saved=NOW + number * MINUTE))
    autosave.keep(db, begun("other", person="lan", saved=NOW - DAY))
    assert [one.key for one in autosave.of(db, "hoa")][-1] == "k5"
    assert len(autosave.of(db, "hoa")) == autosave.MOST_KEPT
    assert len(autosave.of(db, "lan")) == 1


def test_an_autosave_that_is_too_long_is_refused(db: Database) -> None:
    with pytest.raises(StoreRefusal, match="quá dài"):
        autosave.keep(db, begun(form={"text": "a" * autosave.LARGEST}))
