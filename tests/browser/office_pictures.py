"""Walks from an empty database to a decision on the glass: ``python -m tests.browser.office_pictures OUT``.

Takes the pictures of docs/vi/don-vi.md, thu-dien-tu.md, van-ban-dien-tu.md and truc.md.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from contextlib import ExitStack
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from server.store.announcements import announcements, letters
from server.store.sources import sources
from tests import dovecot
from tests.browser.door import becomes_keeper, comes_by_invitation, first_link, invites, sets_up_codes
from tests.browser.screenshots import save_small
from tests.chromium import launch
from tests.edxml_files import document
from tests.media import made as files
from tests.station import SHIPPED, Station, config_text, until

DESK, TELEPHONE, GLASS = (1600, 900), (390, 844), (1920, 1080)
MX = "mx.hungyen.vn"
SENDER = "vanphong@minhtan.vn"
DECISION = "phê duyệt kế hoạch sử dụng đất"


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        place = Path(name)
        imap = stack.enter_context(dovecot.running())
        os.environ["SSL_CERT_FILE"] = str(imap.certificate)  # which the worker inherits
        province, commune = _stations(place)
        for station in (province, commune):
            stack.callback(station.close)
            station.start()
        driver = stack.enter_context(sync_playwright())
        browser = launch(driver.chromium)
        stack.callback(browser.close)
        keeper, editor = _people(browser, province)
        pdf = files.pdf(place / "a.pdf", [files.A4, files.A4], "Quyet dinh 15/QD-UBND").read_bytes()
        _areas(keeper, out)
        _mail(keeper, editor, province, imap, pdf, out)
        _document(browser, editor, province, pdf, out)
        _level(keeper, commune.address, out)
        _roster(keeper, out)


def _stations(place: Path) -> tuple[Station, Station]:
    text = SHIPPED.read_text(encoding="utf-8").replace('url = "feeds/', f'url = "{SHIPPED.parent}/feeds/')
    province = Station.of(place / "tinh", text)
    for before, after in (
        ('public_url = ""', f'public_url = "{province.address}"'),
        ("allow_private = []", 'allow_private = ["127.0.0.0/8", "::1", "localhost"]'),
    ):
        text = text.replace(before, after)
    head, sign, tail = text.partition("[documents]")
    tail = tail.replace('folder = ""', 'folder = "van-ban"', 1).replace('area = ""', 'area = "tinh"', 1)
    province.config.write_text(head + sign + tail, encoding="utf-8")
    commune = Station.of(place / "xa", config_text(["xa-minh-tan"]).replace("Xã xa-minh-tan", "Xã Minh Tân"))
    commune.config.write_text(
        commune.config.read_text(encoding="utf-8").replace(
            "[server]\n", f'[server]\npublic_url = "{commune.address}"\n'
        ),
        encoding="utf-8",
    )
    return province, commune


def _people(browser: Browser, station: Station) -> tuple[Page, Page]:
    keeper, editor = (_page(browser, station, DESK) for _ in range(2))
    becomes_keeper(keeper, first_link(station))
    sets_up_codes(keeper)
    comes_by_invitation(editor, invites(keeper, "lan", "Trần Ngọc Lan", "editor", "tinh"))
    sets_up_codes(editor)
    return keeper, editor


def _areas(keeper: Page, out: Path) -> None:
    keeper.goto("/desk/areas/import")
    keeper.get_by_role("button", name="Xem trước 104 đơn vị").click()
    keeper.get_by_role("button", name="Nhập 104 đơn vị").wait_for()
    save_small(keeper, out / "nhap-don-vi.png")
    keeper.get_by_role("button", name="Nhập 104 đơn vị").click()
    keeper.wait_for_url(re.compile(r"/desk/areas/(?!import)"))


def _mail(keeper: Page, editor: Page, station: Station, imap: dovecot.ImapServer, pdf: bytes, out: Path) -> None:
    now = station.now("hoi-truong")
    imap.put("xa", _letter(SENDER, "dmarc=pass header.from=minhtan.vn", "Lịch tiếp công dân tháng 12", now, pdf), now)
    imap.put("xa", _letter("ban@quangcao.vn", "dmarc=pass header.from=quangcao.vn", "Giảm giá cuối năm", now), now)
    imap.put("xa", _letter(SENDER, "dmarc=fail header.from=minhtan.vn", "Nộp tiền vào tài khoản này", now), now)
    keeper.goto("/desk/sources/new-mailbox")
    for field, value in (
        *(("name", "Thư của các xã"), ("url", imap.url), ("user", "xa")),
        *(("password", dovecot.PASSWORD), ("authserv", MX)),
    ):
        keeper.locator(f"main [name={field}]").fill(value)
    keeper.get_by_role("button", name="Thêm hộp thư").click()
    keeper.locator("[name=sender]").fill(SENDER)
    keeper.locator("[name=place]").select_option(label="Xã Minh Tân: mọi bảng tin")
    keeper.locator("#senders form.form button").click()
    keeper.locator(".mail-senders", has_text=SENDER).wait_for()
    (mailbox,) = (one for one in sources.all(station.store) if one.kind == "mail")
    keeper.get_by_role("button", name="Đọc ngay").click()
    until(lambda: len(letters.of_source(station.store, mailbox.slug, most=9)) == 3, "three letters have been read")
    keeper.goto(f"/desk/sources/{mailbox.slug}")
    save_small(keeper, out / "hop-thu.png", full=True)
    until(lambda: announcements.all(station.store), "the letter is an announcement")
    editor.goto("/desk/queue/")
    editor.get_by_role("link", name=re.compile("^Chờ duyệt")).click()
    editor.get_by_role("link", name="Lịch tiếp công dân tháng 12").first.wait_for()
    save_small(editor, out / "thu-cho-duyet.png")


def _letter(sender: str, proof: str, subject: str, now: datetime, pdf: bytes = b"") -> bytes:
    made = EmailMessage()
    made["Authentication-Results"] = f"{MX}; {proof}"
    made["From"], made["To"], made["Subject"] = sender, "bangtin@hungyen.vn", subject
    made["Date"], made["Message-ID"] = format_datetime(now), f"<{abs(hash(subject))}@minhtan.vn>"
    made.set_content("Xã Minh Tân gửi lịch tiếp công dân tháng 12.\n\n-- \nVăn phòng\n")
    if pdf:
        made.add_attachment(pdf, maintype="application", subtype="pdf", filename="Lịch tiếp công dân.pdf")
    return made.as_bytes()


def _document(browser: Browser, editor: Page, station: Station, pdf: bytes, out: Path) -> None:
    folder = station.data / "van-ban"
    folder.mkdir(exist_ok=True)
    day = station.now("hoi-truong").strftime("%Y/%m/%d")
    sent = document({"15-QD-UBND.pdf": pdf}, date=day, issuer="Ủy ban nhân dân tỉnh Hưng Yên", place="Hưng Yên")
    (folder / "15-QD-UBND.edxml").write_bytes(sent)
    (made,) = until(
        lambda: [one for one in announcements.all(station.store) if DECISION in one.title], "the decision is a draft"
    )
    editor.goto(f"/desk/queue/{made.id}")
    save_small(editor, out / "van-ban-nhap.png")
    editor.get_by_role("button", name="Trình duyệt", exact=True).click()
    editor.locator(".toast").wait_for()
    editor.goto(f"/desk/queue/{made.id}")
    editor.get_by_role("button", name="Duyệt", exact=True).click()
    editor.locator(".toast").wait_for()
    until(lambda: any(DECISION in one for one in station.titles("hoi-truong")), "the decision is in the lap")
    glass, telephone = _page(browser, station, GLASS), _page(browser, station, TELEPHONE)
    glass.goto("/board/hoi-truong")
    glass.locator(f"[aria-hidden=false] :text('{DECISION}')").first.wait_for()
    save_small(glass, out / "van-ban-tren-bang.png")
    telephone.goto(f"/item/a{made.id}")
    save_small(telephone, out / "van-ban-dien-thoai.png")


def _level(keeper: Page, address: str, out: Path) -> None:
    keeper.goto("/desk/sources/look")
    keeper.locator("#address").fill(address)
    keeper.get_by_role("button", name="Xem thử").click()
    keeper.get_by_role("button", name="Thêm máy chủ này").wait_for()
    save_small(keeper, out / "them-may-chu.png")


def _roster(keeper: Page, out: Path) -> None:
    keeper.goto("/desk/duty/roster/")
    for day in keeper.locator("input[name=weekdays]").all():
        day.check()
    keeper.locator("[name=person]").select_option("lan")
    keeper.locator("[name=start]").fill("07:00")
    keeper.locator("[name=end]").fill("07:00")
    keeper.get_by_role("button", name="Thêm ca trực").click()
    keeper.get_by_text("Đã thêm ca trực").wait_for()
    save_small(keeper, out / "lich-truc.png")


def _page(browser: Browser, station: Station, size: tuple[int, int]) -> Page:
    made = browser.new_context(
        base_url=station.address,
        locale="vi-VN",
        viewport={"width": size[0], "height": size[1]},
        reduced_motion="reduce",
    )
    return made.new_page()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
