"""Alerts in a real browser: one that holds the glass, then takes every second slide; one with more in the lap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from server.core.model import Attachment, Media
from server.media.media_files import save_picture
from server.store.media import pictures
from server.store.notices import notices
from tests.browser.evening import short_stories
from tests.browser.glass import VISIBLE, Glass
from tests.station import Feed, Station, config_text

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
BOARD = "bang-canh-bao"
COVERED = "#notices:not([hidden]) [data-notice]"


def test_after_its_hold_an_alert_takes_every_second_slide_on_a_screen_without_a_server(
    stations: Callable[[str], Station], look: Callable[[Station, str], Glass]
) -> None:
    station = stations(config_text([BOARD], [Feed("tin", "tin.xml")], {BOARD: ["tin"]}))
    (station.folder / "tin.xml").write_text(short_stories(), encoding="utf-8")
    station.start()
    glass = look(station, BOARD)
    glass.wait_for_slide("Tin ngắn số")
    now = station.now(BOARD)
    alert = station.push(
        BOARD,
        "Cảnh báo bão",
        now,
        origin="khi-tuong/x/1",
        created_by="system",
        danger="Bão",
        holds_until=now + timedelta(seconds=8),
    )
    glass.wait_for(f'[data-notice="{alert.id}"]')
    glass.wait_for_message('"state"', f'"notice":"{alert.id}"')
    station.kill9_server()
    shown: list[str] = []
    for _ in range(2):
        glass.wait_for(COVERED, gone=True)
        glass.wait_for('#banner[data-look="urgent"] :text("Cảnh báo bão")')
        shown.append(glass.page.locator(VISIBLE).inner_text())
        glass.wait_for(f'[data-notice="{alert.id}"]')
    assert len(set(shown)) == 2, "another slide of the lap between each two turns"
    assert glass.faults == []


def test_description_picture_and_code_follow_the_alert_in_the_lap_and_leave_with_it(
    stations: Callable[[str], Station], look: Callable[[Station, str], Glass]
) -> None:
    station = stations(config_text([BOARD], [Feed("tin", "tin.xml")], {BOARD: ["tin"]}))
    (station.folder / "tin.xml").write_text(short_stories(), encoding="utf-8")
    station.start()
    glass = look(station, BOARD)
    glass.wait_for_slide("Tin ngắn số")
    into = BytesIO()
    Image.new("RGB", (800, 600), "#3366cc").save(into, "WEBP")
    name = save_picture(into.getvalue(), station.data / "media")
    pictures.put(station.store, Media(name, 800, 600))
    now = station.now(BOARD)
    alert = station.push(
        BOARD,
        "Cảnh báo mưa lớn",
        now,
        level="priority",
        origin="khi-tuong/x/2",
        created_by="system",
        danger="Mưa lớn",
        description="Lượng mưa phổ biến 100 đến 200 mm.",
        link="https://khituong.example/mua-lon",
        pictures=(Attachment(name, "Bản đồ mưa", 800, 600),),
    )
    glass.wait_for(f"{VISIBLE} .notice .headline:text('Cảnh báo mưa lớn')")
    glass.wait_for(f"{VISIBLE} .details .text:text('Lượng mưa phổ biến')")
    shown = glass.page.locator(f"{VISIBLE} .details")
    assert shown.locator("img").evaluate("(image) => image.naturalWidth") == 800
    assert shown.locator("svg.qr").count() == 1
    notices.clear(station.store, alert.id, actor="an", now=station.now(BOARD))
    glass.wait_for(f"{VISIBLE} .details", gone=True)
    assert glass.faults == []
