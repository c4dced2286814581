"""Boards are read back as they were seeded; changes of their mode and lanes are stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from sqlalchemy import text

from server.core.model import Format, Hours, Lane
from server.store.audit import audit
from server.store.boards import boards
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import NotFound, NotLive, StoreRefusal
from server.store.sources import sources
from tests import cast
from tests.cast import AREAS, EDITOR, HOI_TRUONG, NOW, SOURCES


def test_every_field_survives(db: Database) -> None:
    odd = cast.board(
        public=False,
        theme="night",
        format=Format("classic", "LED"),
        lanes=(Lane("tin-tinh", 3, 1), Lane("tin-xa")),
        point=None,
        hours=(Hours(time(5, 30), time(11)), Hours(time(22), time(2, 0, 1))),
        zone="Asia/Bangkok",
        language="en",
        upper_share=0.1,
        mode="dark",
    )
    sources.seed(db, areas=AREAS, sources=SOURCES, boards=[odd], now=NOW)
    assert boards.get(db, odd.slug) == odd


def test_one_board_is_found_as_in_the_list_also_with_values_that_cannot_be_read(db: Database) -> None:
    assert boards.find(db, HOI_TRUONG.slug) == HOI_TRUONG
    assert boards.find(db, "khong-co") is None
    with db.write() as conn:
        conn.execute(text("UPDATE boards SET hours = '\"x\"' WHERE slug = :slug"), {"slug": HOI_TRUONG.slug})
    (listed,) = (one for one in boards.all(db) if one.slug == HOI_TRUONG.slug)
    assert listed.mode == "safe"
    assert boards.find(db, HOI_TRUONG.slug) == listed
    boards.remove(db, "xa-minh-tan", actor=EDITOR.slug, now=NOW)
    assert boards.find(db, "xa-minh-tan") is None


def test_changing_a_mode_is_written_once_and_audited(db: Database) -> None:
    before = revision.current(db)
    for _ in range(2):
        changed = boards.set_mode(db, "hoi-truong", "dark", actor=EDITOR.slug, now=NOW)
        assert changed == replace(HOI_TRUONG, mode="dark") == boards.get(db, "hoi-truong")
    assert revision.current(db) == before + 1
    (act,) = audit.all(db)
    assert (act.actor, act.act, act.subject) == ("lan", "board.mode", "board/hoi-truong")
    assert ((act.before or {})["mode"], (act.after or {})["mode"]) == ("on", "dark")


def test_an_unknown_board_raises_not_found(db: Database) -> None:
    with pytest.raises(NotFound, match="khong-co"):
        boards.get(db, "khong-co")
    with pytest.raises(NotFound, match="khong-co"):
        boards.set_mode(db, "khong-co", "dark", actor=EDITOR.slug, now=NOW)


def test_the_slug_of_a_removed_board_stays_its_own(db: Database) -> None:
    boards.remove(db, HOI_TRUONG.slug, actor=EDITOR.slug, now=NOW)
    with pytest.raises(NotLive, match="Hội trường tỉnh"):
        boards.save(db, replace(HOI_TRUONG, name="Bảng khác"), actor=EDITOR.slug, now=NOW)
    assert boards.removed(db, HOI_TRUONG.slug) == HOI_TRUONG
    assert boards.bring_back(db, HOI_TRUONG.slug, actor=EDITOR.slug, now=NOW) == HOI_TRUONG
    assert boards.get(db, HOI_TRUONG.slug) == HOI_TRUONG
    assert boards.removed(db, HOI_TRUONG.slug) is None
    with pytest.raises(NotFound):
        boards.bring_back(db, HOI_TRUONG.slug, actor=EDITOR.slug, now=NOW)


def test_a_source_becomes_a_lane_of_the_named_boards_and_leaves_others(db: Database) -> None:
    add, drop, lane = {"hoi-truong"}, {"xa-minh-tan"}, Lane("tin-xa", 3, 4)
    for changes in (2, 0):
        before = revision.current(db)
        made = boards.set_lanes(db, lane, add, drop, actor=EDITOR.slug, now=NOW)
        assert made == changes
        assert (revision.current(db) > before) is bool(changes)
    assert {one.slug: [lane.source for lane in one.lanes] for one in boards.all(db)} == {
        "hoi-truong": ["tin-tinh", "tin-xa"],
        "xa-minh-tan": ["tin-tinh"],
        "pho-dong-hai": ["tin-tinh"],
    }
    with pytest.raises(ValueError, match="khong-co"):
        boards.set_lanes(db, Lane("khong-co"), add, actor=EDITOR.slug, now=NOW)


def test_no_board_gets_more_lanes_than_its_form_shows(db: Database) -> None:
    full = replace(HOI_TRUONG, lanes=(Lane("tin-tinh"),) * boards.MOST_LANES)
    boards.save(db, full, actor=EDITOR.slug, now=NOW)
    with pytest.raises(StoreRefusal, match="nhiều nhất 60 nguồn tin"):
        boards.set_lanes(db, Lane("tin-xa"), {"xa-minh-tan", "hoi-truong"}, actor=EDITOR.slug, now=NOW)
    assert boards.get(db, "hoi-truong") == full
