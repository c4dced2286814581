"""Alerts in the lap: their own slide, then description and pictures, which end with it."""

# ruff: noqa: ARG002 - a fake has the whole signature of what it replaces

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from server.content import board_content
from server.content.board_content import BoardContent
from server.content.store_snapshot import read_snapshot
from server.core.model import SYSTEM, Format, Notice, Slide
from server.slides.render import Renderer
from server.store.notices import notices
from tests.cast import HOUR, NOW, notice
from tests.live.studio import Studio

LONG = "Mưa to đến rất to, lượng mưa 100 đến 200 mm, có nơi trên 300 mm. " * 12


def received(house: Studio, **changes: Any) -> Notice:
    made = replace(notice(until=NOW + 2 * HOUR), origin="nchmf/x/bao-1", created_by=SYSTEM, **changes)
    return notices.post(house.db, made, actor=SYSTEM, now=NOW)


def content(house: Studio, maker: Renderer | None = None) -> BoardContent:
    snapshot = read_snapshot(house.db, NOW, only="hoi-truong")
    (board,) = snapshot.boards
    return board_content.board_content(maker or Renderer(), snapshot, board)


def test_the_pages_of_an_alert_are_its_own_slide_then_its_description(house: Studio) -> None:
    one = received(house, level="priority", description=LONG)
    found = content(house)
    (item,) = (item for item in found.items if item.key == f"notice:{one.id}")
    hashes = [page.hash for page in item.pages]
    bodies = {slide.hash: slide for slide in found.slides}
    assert len(hashes) > 1
    assert hashes[0] == found.notices[0][1].hash
    assert ["details" in bodies[name].html for name in hashes] == [False, *[True] * (len(hashes) - 1)]


def test_an_urgent_alert_after_its_hold_has_one_page(house: Studio) -> None:
    one = received(house, level="urgent", description=LONG, holds_until=NOW + HOUR)
    (item,) = (item for item in content(house).items if item.key == f"notice:{one.id}")
    assert len(item.pages) == 1


class Broken(Renderer):
    """Cannot draw what follows an alert."""

    def notice_details(self, notice: Notice, *, zone: str, format: Format) -> tuple[Slide, ...]:
        raise ValueError("no description")


@pytest.mark.usefixtures("logged")
def test_a_description_that_cannot_be_drawn_does_not_take_the_alert_off(house: Studio) -> None:
    one = received(house, level="priority", description=LONG)
    found = content(house, Broken())
    (item,) = (item for item in found.items if item.key == f"notice:{one.id}")
    assert len(item.pages) == 1
