"""From an empty database to a timetable on a commune's screen: each person works in a browser of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from server.store.audit import audit
from tests.browser.door import becomes_keeper, comes_by_invitation, first_link, invites, sets_up_codes
from tests.browser.glass import VISIBLE
from tests.browser.test_screens import code_on
from tests.media import made as files
from tests.station import Station, config_text

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
HERE, THERE = "xa-minh-tan", "xa-dong-hai"
DESK: ViewportSize = {"width": 1600, "height": 900}
TITLE = "Lịch tiếp công dân tháng 12"


@pytest.fixture
def opens(browser: Browser) -> Iterator[Callable[[Station], Page]]:
    """A function that opens an empty page for a station, each in a browser context of its own."""
    with ExitStack() as stack:

        def open_one(station: Station) -> Page:
            made = browser.new_context(base_url=station.address, locale="vi-VN", viewport=DESK)
            stack.callback(made.close)
            return made.new_page()

        yield open_one


def pairs(keeper: Page, device: Page, board: str, name: str) -> None:
    """Pairs a device with a board: the keeper types the eight letters that the device shows."""
    device.goto("/screen")
    keeper.goto("/desk/screens/new")
    keeper.get_by_label("Tám chữ trên màn hình").fill(code_on(device))
    keeper.get_by_label("Bảng tin", exact=True).select_option(board)
    keeper.get_by_label("Tên màn hình").fill(name)
    keeper.get_by_role("button", name="Ghép").click()
    device.locator(VISIBLE).wait_for()


def test_from_an_empty_database_to_a_commune_s_screen(
    stations: Callable[[str], Station], opens: Callable[[Station], Page], tmp_path: Path
) -> None:
    station = stations(config_text([HERE, THERE])).start()
    keeper, operator, editor, here, there = (opens(station) for _ in range(5))

    becomes_keeper(keeper, first_link(station))
    sets_up_codes(keeper)
    expect(keeper.get_by_text("Mã trên điện thoại đang dùng.")).to_be_visible()
    for_operator = invites(keeper, "hoa", "Nguyễn Thị Hoa", "operator", HERE)
    for_editor = invites(keeper, "lan", "Trần Ngọc Lan", "editor", HERE)
    pairs(keeper, here, HERE, "Cổng trụ sở")
    pairs(keeper, there, THERE, "Nhà văn hóa")

    comes_by_invitation(operator, for_operator)
    expect(operator.locator(".me-name")).to_have_text("Nguyễn Thị Hoa")
    operator.goto("/desk/")
    operator.get_by_role("link", name="Soạn thông báo", exact=True).click()  # click 1
    operator.get_by_label("Tiêu đề").fill(TITLE)
    pages = files.pdf(tmp_path / "lich.pdf", [files.A4, files.A4], "Lich tiep cong dan")
    operator.locator("#file").set_input_files(pages)  # click 2
    expect(operator.locator("#files .file")).to_have_count(2)
    operator.get_by_role("button", name="Trình duyệt", exact=True).click()  # click 3, of at most 4
    operator.wait_for_url("**/desk/queue/**")

    comes_by_invitation(editor, for_editor)
    sets_up_codes(editor)
    editor.goto("/desk/queue/")
    editor.get_by_role("button", name="Duyệt", exact=True).click()  # click 1, of 1
    expect(editor.locator(".toast")).to_contain_text("Đã duyệt")

    here.locator(f"{VISIBLE} :text('{TITLE}')").wait_for()
    here.locator("main#stage img[src^='/glass/media/']").first.wait_for()
    assert TITLE not in there.content()
    told = [act.act for act in audit.all(station.store)]
    wanted = ["person.add", "screen.pair", "announcement.post", "announcement.submit", "announcement.approve"]
    assert [act for act in dict.fromkeys(told) if act in wanted] == wanted
