"""Fixtures of the tests of feeds: an office with a public address, and a province that shows an item of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

import pytest

from server.core.announcements.recurrence import rule_of
from server.core.model import Announcement, Attachment, Contact, Recurrence, Window
from server.core.screens.proof import Play
from server.setup.config import Config
from server.store.announcements import announcements
from server.store.notices import notices
from server.store.screens import receipts
from tests.cast import DAY, HOUR, MINUTE, NOW, announcement, entry, notice
from tests.desk.office import Office, office_on
from tests.store.screens.test_screens import paired
from tests.store.sources.readings import save

URL = "https://bangtin.example.vn"
LICENCE = "CC BY 4.0"
HOSTILE = 'Họp dân: đường & cống <b>"thôn 3"</b>, giá 1.000đ; ]]> \\n'


def public_config(**public: str) -> Config:
    return Config.model_validate(
        {"server": {"public_url": f"{URL}/"}, "people": {"second_factor": False}, "public": public}
    )


@pytest.fixture
def public(office: Office) -> Office:
    """An office whose server has the public address `URL`."""
    office.config = public_config()
    return office


def shown_on_glass(office: Office, one: Announcement) -> None:
    """Lets a screen of the hall report that it has shown the announcement."""
    screen, _ = paired(office.db, "hoi-truong")
    play = Play(
        screen.id, "hoi-truong", screen.slot, f"announcement:{one.id}", one.title, "0" * 16, NOW, "2026-03-09", 7
    )
    receipts.save(office.db, [play], [], [])


@dataclass(frozen=True, slots=True)
class Full:
    """A province whose boards show an item of each kind, and the files of the board in the hall."""

    office: Office
    atom: bytes
    json: bytes
    calendar: bytes


@pytest.fixture(scope="module")
def full(office_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Full]:
    office = office_on(office_template, tmp_path_factory.mktemp("full"))
    office.config = public_config(data_licence=LICENCE)
    db, lan = office.db, "lan"
    every_week = Recurrence(rule_of((3,)), time(7, 30), time(11), date(2026, 3, 1), date(2026, 4, 30))
    picture = Attachment("1" * 16, "Sơ đồ tuyến đường", 1280, 720)
    for one in (
        announcement(title=HOSTILE, text=f"# Nội dung\n- {HOSTILE}\n- **Mang** giấy tờ"),
        announcement(title="Tiếp công dân", windows=(), recurrence=every_week, decided=NOW - 5 * DAY),
        announcement(title="Quy hoạch", longest_gap=HOUR, windows=(Window(NOW - DAY, NOW + 20 * DAY),)),
        announcement(title="Cấp nước", windows=(Window(NOW - DAY, NOW + 3 * DAY),), attachments=(picture,)),
        announcement(title="Trực ban", text="", kind="contact", contact=Contact("Công an xã", phone="0221 000 120"),
                     windows=(Window(NOW),)),
        announcement(title="Sắp đến", windows=(Window(NOW + HOUR, NOW + DAY),)),
    ):  # fmt: skip
        announcements.post(db, one, actor=lan)
    gone = announcements.post(db, announcement(title="Đã gỡ rồi", windows=(Window(NOW, NOW + DAY),)), actor=lan)
    shown_on_glass(office, gone)
    announcements.withdraw(db, gone.id, actor=lan, now=NOW)
    notices.post(db, notice(), actor=lan, now=NOW)
    notices.post(db, notice(headline="Lũ quét", exercise=True, level="priority", danger="Lũ"), actor=lan, now=NOW)
    over = notices.post(db, notice(headline="Báo nhầm", issued=NOW - MINUTE), actor=lan, now=NOW)
    notices.clear(db, over.id, actor=lan, now=NOW)
    save(db, entry("bai-1", title="Cầu mới", summary="Đoạn một.\nĐoạn hai."))
    office.later(seconds=10)
    browser = office.browser()
    files = (browser.get(f"/board/hoi-truong/{name}").data for name in ("feed.atom", "feed.json", "calendar.ics"))
    yield Full(office, *files)
    db.close()
