"""Alerts in a real browser: one that holds the glass, then takes every second slide; one with more in the lap.

On an LED module, too, nothing of one is left once it is cancelled or expired.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from server.core.model import Attachment, Media
from server.media.media_files import save_picture
from server.store.media import pictures
from server.store.notices import notices
from tests.browser.evening import short_stories
from tests.browser.glass import VISIBLE, Glass
from tests.station import ACTOR, Feed, Station, config_text

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
BOARD = "bang-canh-bao"
COVERED = "#notices:not([hidden]) [data-notice]"


def with_news(stations: Callable[[str], Station], text: str) -> Station:
    """A running station with this config.toml, whose source tin.xml has short stories."""
    station = stations(text)
    (station.folder / "tin.xml").write_text(short_stories(), encoding="utf-8")
    return station.start()


def test_after_its_hold_an_alert_takes_every_second_slide_on_a_screen_without_a_server(
    stations: Callable[[str], Station], look: Callable[[Station, str], Glass]
) -> None:
    station = with_news(stations, config_text([BOARD], [Feed("tin", "tin.xml")], {BOARD: ["tin"]}))
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
    station = with_news(stations, config_text([BOARD], [Feed("tin", "tin.xml")], {BOARD: ["tin"]}))
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


MODULE = "bang-led"


def test_on_an_led_module_no_cancelled_or_expired_notice_is_left(
    stations: Callable[[str], Station], look: Callable[[Station, str], Glass]
) -> None:
    told = config_text([MODULE], [Feed("tin", "tin.xml")], {MODULE: ["tin"]})
    station = with_news(stations, told.replace('"Bảng bang-led"', '"Bảng bang-led"\ndistance_metres = 30'))
    glass = look(station, MODULE)
    glass.page.set_viewport_size({"width": 192, "height": 96})
    glass.wait_for_slide("Tin ngắn số")
    alert: dict[str, Any] = {"created_by": "system", "danger": "Bão", "sender": "Đài khí tượng"}
    for origin in ("", "khi-tuong/x/1"):
        cancelled = station.push(MODULE, "Bão đổ bộ đêm nay", station.now(MODULE), origin=origin, **alert)
        glass.wait_for(f'[data-notice="{cancelled.id}"] .led.urgent :text("Bão")')
        notices.clear(station.store, cancelled.id, actor=ACTOR, now=station.now(MODULE))
        glass.wait_for(COVERED, gone=True)
        glass.wait_for_slide("Tin ngắn số")
    now = station.now(MODULE)
    expiring = station.push(
        MODULE,
        "Lũ lên nhanh",
        now,
        seconds=20,
        origin="khi-tuong/x/2",
        holds_until=now + timedelta(seconds=6),
        **alert,
    )
    glass.wait_for(f'[data-notice="{expiring.id}"]')
    glass.wait_for_message('"state"', f'"notice":"{expiring.id}"')
    glass.wait_for_offline_worker()
    station.kill9_server()
    # It is released, then expires: the lap goes on without it, also after the screen is restarted without a server.
    glass.wait_for(COVERED, gone=True)
    glass.wait_for("#banner", gone=True)
    for restarted in (False, True):
        if restarted:
            glass.page.reload()
        shown = set()
        glass.wait_for_slide("Tin ngắn số")
        for _ in range(2):
            glass.flips(1, since=round(glass.page.evaluate("Date.now()")))
            shown.add(glass.page.locator("body").inner_text())
        assert not any(word in text for text in shown for word in ("Bão đổ bộ", "Lũ lên", "Đài khí tượng"))
        assert glass.page.locator("[data-notice]").count() == 0
    assert glass.faults == []
