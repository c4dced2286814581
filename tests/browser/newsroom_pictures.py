"""Takes the screenshots of docs/vi/thong-bao.md: ``python -m tests.browser.newsroom_pictures OUT``."""

from __future__ import annotations

import re
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.glass import Glass
from tests.browser.screenshots import save_small
from tests.chromium import launch
from tests.station import SHIPPED, Station

PASSWORD = "bốn con ngựa đứng ven sông"
ROWS = (
    ("Thứ Ba, 01/12", "Chủ tịch Ủy ban nhân dân"),
    ("Thứ Năm, 03/12", "Bí thư Đảng ủy"),
    ("Thứ Ba, 15/12", "Chủ tịch Hội đồng nhân dân"),
    ("Thứ Năm, 17/12", "Phó Chủ tịch Ủy ban nhân dân"),
    ("Thứ Ba, 29/12", "Chủ tịch Ủy ban nhân dân"),
)
LEADS = "Lịch tiếp công dân"


def come(station: Station, browser: Browser, username: str, *who: str) -> Page:
    """Invites a person by ``run.py user add`` with the options ``who`` and sets their password by the link.

    Returns a signed-in page of the desk in a new browser context.
    """
    said = station.cli("user", "add", username, "--email", f"{username}@example.vn", *who).stdout
    link = re.search(r"/desk/welcome/\S+", said)
    assert link is not None, said
    context = browser.new_context(
        base_url=station.address, viewport={"width": 1600, "height": 900}, locale="vi-VN", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(link[0])
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("form button.primary").click()
    page.wait_for_url(re.compile(r"/desk/(?!welcome)"))
    return page


def main(out: Path) -> None:
    """Saves screenshots of the composer, queue, an announcement, its return to the writer, board and library."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver, ExitStack() as stack:
        place = Path(folder)
        text = SHIPPED.read_text(encoding="utf-8").replace("second_factor = true", "second_factor = false")
        station = Station.of(place, text.replace('url = "feeds/', f'url = "{SHIPPED.parent}/feeds/'))
        stack.callback(station.close)
        station.start()
        browser = launch(driver.chromium)
        stack.callback(browser.close)
        operator = come(
            station, browser, "hoa", "--name", "Nguyễn Thị Hoa", "--role", "operator", "--area", "xa-minh-tan"
        )
        editor = come(station, browser, "lan", "--name", "Trần Ngọc Lan", "--role", "editor", "--area", "tinh")
        _compose(operator, _timetable(browser, place / "lich-tiep-dan.pdf"), out)
        _approve(editor, out)
        glass = Glass(browser.new_page(viewport={"width": 1080, "height": 1920}), station, "xa-minh-tan").open()
        glass.wait_for_slide(LEADS)
        save_small(glass.page, out / "4-tren-bang.png")
        operator.goto("/desk/media/")
        save_small(operator, out / "5-kho-tep.png")


def _timetable(browser: Browser, path: Path) -> Path:
    """Writes a PDF with a Vietnamese timetable, like one from a word processor, to ``path``."""
    page = browser.new_page()
    rows = "".join(f"<tr><td>{day}<td>{who}" for day, who in ROWS)
    page.set_content(
        "<style>body{font:20px serif;margin:2cm}td{padding:14px 40px 14px 0;border-top:1px solid #888}</style>"
        f"<h1>LỊCH TIẾP CÔNG DÂN</h1><p>Tháng 12 năm 2026, phòng một cửa, từ 7 giờ 30</p><table>{rows}</table>"
    )
    page.pdf(path=path, format="A4")
    page.close()
    return path


def _compose(operator: Page, timetable: Path, out: Path) -> None:
    operator.goto("/desk/")
    operator.get_by_role("link", name="Soạn thông báo", exact=True).click()
    operator.get_by_label("Tiêu đề").fill("Lịch tiếp công dân tháng 12/2026")
    operator.locator("#file").set_input_files(timetable)
    expect(operator.locator("#files .file").first).to_be_visible()
    expect(operator.locator("#preview iframe").first).to_be_visible()
    expect(operator.locator("#kept")).to_contain_text("Đã tự lưu")
    expect(operator.locator("#preview iframe").first.content_frame.locator("article")).to_be_visible()
    save_small(operator, out / "1-soan.png")
    operator.get_by_role("button", name="Trình duyệt", exact=True).click()
    operator.wait_for_url("**/desk/queue/**")
    operator.goto("/desk/compose/?kind=contact")
    operator.get_by_label("Tiêu đề").fill("Trạm y tế trực ngày nghỉ")
    operator.get_by_label("Tên người hoặc nơi liên hệ").fill("Trạm y tế xã Minh Tân")
    operator.get_by_label("Điện thoại").fill("0221 000 115")
    operator.locator("label.chip", has_text="Lặp lại theo ngày").click()
    expect(operator.locator("#preview iframe").first).to_be_visible()
    save_small(operator, out / "6-lap-lai.png", full=True)
    operator.get_by_role("button", name="Trình duyệt", exact=True).click()
    operator.wait_for_url("**/desk/queue/**")


def _approve(editor: Page, out: Path) -> None:
    editor.goto("/desk/queue/")
    expect(editor.locator(".row iframe").first).to_be_visible()
    save_small(editor, out / "2-cho-duyet.png")
    editor.locator(".row", has_text=LEADS).get_by_role("button", name="Duyệt", exact=True).click()
    expect(editor.locator(".toast")).to_contain_text("Đã duyệt")
    save_small(editor, out / "3-da-duyet.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
