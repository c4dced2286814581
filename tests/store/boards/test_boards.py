"""Boards are read back as seeded, and the desk changes their mode."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from server.core.model import Format, Hours, Lane
from server.store.audit import audit
from server.store.boards import boards
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import NotFound
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
