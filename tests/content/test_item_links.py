"""The QR code of an item without a link leads to the item's public page, if a public board shows the item."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from server.content.board_content import board_content
from server.content.store_snapshot import read_snapshot
from server.core.model import Board
from server.slides.render import Renderer
from server.slides.templating import qr_code
from server.store.announcements import announcements
from tests.cast import HOI_TRUONG, OPERATOR, TIN_TINH, announcement, entry
from tests.live.studio import Studio
from tests.store.sources.readings import only

ADDRESS = "https://bangtin.example.vn/"


def drawn(house: Studio, board: Board = HOI_TRUONG, public_url: str = ADDRESS) -> str:
    snapshot = read_snapshot(house.db, house.clock())
    return "".join(slide.html for slide in board_content(Renderer(public_url), snapshot, board).slides)


def code(link: str) -> str:
    made = qr_code(link)
    assert made is not None
    return str(made)


@pytest.mark.parametrize(
    "changes",
    [{}, {"kind": "table", "text": "", "table": (("Ngày", "Nơi họp"), ("14/12", "Nhà văn hóa"))}],
    ids=["text", "table"],
)
def test_an_announcement_without_a_link_leads_to_its_page(house: Studio, changes: dict[str, Any]) -> None:
    one = announcements.post(house.db, announcement(**changes), actor=OPERATOR.slug)
    assert code(f"https://bangtin.example.vn/item/a{one.id}") in drawn(house)


def test_an_announcement_with_a_link_leads_there(house: Studio) -> None:
    announcements.post(house.db, announcement(link="https://minhtan.example.vn/lich"), actor=OPERATOR.slug)
    assert code("https://minhtan.example.vn/lich") in drawn(house)


def test_a_story_without_a_link_leads_to_its_page(house: Studio) -> None:
    house.read(TIN_TINH, entry("a", link=""))
    story = only(house.db)
    assert code(f"https://bangtin.example.vn/item/s{story.id}") in drawn(house)


def test_without_a_public_page_there_is_no_code(house: Studio) -> None:
    announcements.post(house.db, announcement(), actor=OPERATOR.slug)
    assert 'class="qr"' in drawn(house)
    assert 'class="qr"' not in drawn(house, replace(HOI_TRUONG, public=False))
    assert 'class="qr"' not in drawn(house, public_url="")
