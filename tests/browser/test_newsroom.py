"""An operator submits a timetable as PDF, an editor approves it, the board shows it; nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from server.store.audit import audit
from tests.browser.glass import VISIBLE, Glass
from tests.media import made
from tests.station import Station, config_text

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
PASSWORD = "bốn con ngựa đứng ven sông"
DESK = {"width": 1600, "height": 900}
CONFIG = config_text(["xa-minh-tan", "xa-dong-hai"]) + "\n[people]\nsecond_factor = false\n"


class Presses:
    """Clicks in a page and counts the clicks; typing and the file dialog do not count."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, name: str, role: str = "button") -> None:
        self.count += 1
        self.page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type] # one of its words


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    made = Station.of(tmp_path / "province", CONFIG)
    yield made.start()
    made.close()


@pytest.fixture
def sign_in(browser: Browser, station: Station) -> Iterator[Callable[..., Page]]:
    """A function that invites a person with a role in an area and returns their signed-in page of the desk.

    The person is added by ``run.py user add`` and sets a password by the printed link.
    """
    with ExitStack() as stack:

        def come(username: str, name: str, role: str, area: str) -> Page:
            who = ["--name", name, "--email", f"{username}@example.vn", "--role", role, "--area", area]
            said = station.cli("user", "add", username, *who).stdout
            link = re.search(r"/desk/welcome/\S+", said)
            assert link is not None, said
            context = browser.new_context(base_url=station.address, viewport=DESK, locale="vi-VN")  # type: ignore[arg-type]
            stack.callback(context.close)
            page = context.new_page()
            page.goto(link[0])
            for field in page.locator("input[type=password]").all():
                field.fill(PASSWORD)
            page.locator("form button.primary").click()
            page.wait_for_url(re.compile(r"/desk/(?!welcome)"))
            return page

        yield come


def test_a_timetable_with_a_pdf_reaches_its_commune_and_no_other(
    station: Station, sign_in: Callable[..., Page], look: Callable[[Station, str], Glass], tmp_path: Path
) -> None:
    timetable = made.pdf(tmp_path / "lich.pdf", [made.A4, made.A4], "Lich tiep cong dan")
    operator = sign_in("hoa", "Nguyễn Thị Hoa", "operator", "xa-minh-tan")
    editor = sign_in("lan", "Trần Ngọc Lan", "editor", "tinh")
    here, there = look(station, "xa-minh-tan"), look(station, "xa-dong-hai")

    operator.goto("/desk/")
    hand = Presses(operator)
    hand.press("Soạn thông báo", "link")
    operator.get_by_label("Tiêu đề").fill("Lịch tiếp công dân tháng 12")
    hand.count += 1  # the control that opens the file dialog
    operator.locator("#file").set_input_files(timetable)
    expect(operator.locator("#files .file")).to_have_count(2)
    hand.press("Trình duyệt")
    operator.wait_for_url("**/desk/queue/**")
    assert hand.count <= 4

    editor.goto("/desk/queue/")
    hand = Presses(editor)
    expect(editor.locator(".row")).to_contain_text("Lịch tiếp công dân tháng 12")
    hand.press("Duyệt")
    expect(editor.locator(".toast")).to_contain_text("Đã duyệt")
    assert hand.count == 1

    here.wait_for_slide("Lịch tiếp công dân tháng 12")
    here.wait_for("main#stage img[src^='/glass/media/']")
    assert "Lịch tiếp công dân" not in there.page.content()
    acts = [(act.act, act.actor) for act in audit.all(station.store) if act.act.startswith("announcement.")]
    assert acts == [("announcement.post", "hoa"), ("announcement.submit", "hoa"), ("announcement.approve", "lan")]

    editor.get_by_role("link", name="Đang chiếu").click()
    editor.get_by_role("button", name="Gỡ khỏi bảng").click()
    here.wait_for(f"{VISIBLE} :text('Lịch tiếp công dân tháng 12')", gone=True)


def test_what_was_typed_survives_a_lost_connection(sign_in: Callable[..., Page]) -> None:
    operator = sign_in("hoa", "Nguyễn Thị Hoa", "operator", "xa-minh-tan")
    operator.goto("/desk/compose/")
    operator.get_by_label("Tiêu đề").fill("Gõ lúc có mạng")
    expect(operator.locator("#kept")).to_contain_text("Đã tự lưu")
    context = operator.context
    context.set_offline(True)
    operator.get_by_label("Nội dung").fill("Gõ lúc mất mạng")
    expect(operator.locator("#kept")).to_contain_text("Mất kết nối")
    operator.get_by_role("button", name="Trình duyệt").click()
    expect(operator.locator("#offline")).to_be_visible()
    operator.close()  # the computer is switched off, and on again another day
    context.set_offline(False)
    operator = context.new_page()
    operator.goto("/desk/compose/")
    expect(operator.get_by_label("Tiêu đề")).to_have_value("")  # a new form holds no text of another draft
    operator.get_by_role("link", name="Gõ lúc có mạng").click()
    expect(operator.get_by_label("Tiêu đề")).to_have_value("Gõ lúc có mạng")
    expect(operator.get_by_label("Nội dung")).to_have_value("Gõ lúc mất mạng")
    operator.get_by_role("button", name="Trình duyệt").click()
    operator.wait_for_url("**/desk/queue/**")


def test_an_expired_session_loses_nothing_typed(sign_in: Callable[..., Page]) -> None:
    operator = sign_in("hoa", "Nguyễn Thị Hoa", "operator", "xa-minh-tan")
    operator.goto("/desk/compose/")
    operator.context.clear_cookies()
    operator.get_by_label("Tiêu đề").fill("Gõ khi phiên đã hết")
    operator.get_by_role("button", name="Trình duyệt").click()
    operator.wait_for_url("**/desk/login**")
    operator.locator("[name=email]").fill("hoa")
    operator.locator("[name=password]").fill(PASSWORD)
    operator.locator("button[type=submit], form button").last.click()
    operator.wait_for_url("**/desk/compose/**")
    expect(operator.get_by_label("Tiêu đề")).to_have_value("Gõ khi phiên đã hết")
