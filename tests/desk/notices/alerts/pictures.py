"""Takes the pictures of docs/vi/canh-bao.md: ``python -m tests.desk.notices.alerts.pictures OUT``.

``prepared`` is used by the browser tests of alerts, too.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from server.core.model import Outline, Point
from server.store.areas import areas
from tests.browser.screenshots import save_small
from tests.cast import EDITOR, HOUR, KEEPER, MINUTE, NOW, Person
from tests.chromium import launch
from tests.core.alerts.documents import PROVINCE, alert, info, update
from tests.desk.looks import context, served
from tests.desk.notices.alerts.received import NOWHERE, heard, receive, unheard, use_source
from tests.desk.office import Office, office_on, template

_PROVINCE = ((20.60, 105.95), (20.72, 105.93), (20.85, 106.02), (20.80, 106.15), (20.66, 106.22), (20.55, 106.10))
_EAST = ((20.50, 106.03), (20.90, 106.03), (20.80, 106.24), (20.50, 106.24), (20.50, 106.03))
_CENTRES = {"xa-minh-tan": (20.70, 106.00), "xa-dong-hai": (20.62, 106.12)}


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two, sync_playwright() as driver:
        office = office_on(template(Path(one)), Path(two))
        number = prepared(office)
        browser = launch(driver.chromium)
        with served(office) as address:
            _shot(browser, office, address, EDITOR, "/desk/alerts/", out / "canh-bao.png")
            _shot(browser, office, address, EDITOR, f"/desk/alerts/{number}", out / "mot-canh-bao.png")
            _shot(browser, office, address, KEEPER, "/desk/sources/look", out / "them-nguon-canh-bao.png")
            _shot(browser, office, address, EDITOR, "/desk/alerts/", out / "canh-bao-dien-thoai.png", (390, 844))
        browser.close()


def prepared(office: Office) -> int:
    """An office with two sources, of which one is silent, and alerts in every state; the number of the storm."""
    _place(office, "tinh", _ring(_PROVINCE), Point(20.65, 106.05))
    for slug, (lat, lon) in _CENTRES.items():
        corners = (
            (lat - 0.03, lon - 0.04),
            (lat + 0.03, lon - 0.03),
            (lat + 0.03, lon + 0.03),
            (lat - 0.02, lon + 0.04),
        )
        _place(office, slug, _ring(corners), Point(lat, lon))
    use_source(office, name="NCHMF")
    use_source(office, slug="gdacs", name="GDACS", alerts="draft")
    east = replace(PROVINCE, description="Phía đông tỉnh Hưng Yên", codes=(), polygons=(_EAST,))
    storm = info(
        headline="Bão số 3 đổ bộ Hưng Yên chiều nay",
        description="Hồi 7 giờ, tâm bão cách bờ biển 60 km, gió mạnh cấp 10, giật cấp 12.",
        instruction="Ở yên trong nhà kiên cố. Chằng chống nhà cửa. Không ra khơi.",
        onset=NOW + 2 * HOUR,
        areas=(east,),
    )
    english = replace(
        storm,
        language="en",
        event="Severe storm",
        headline="Storm No. 3 is heading for Hung Yen",
        description="Wind force 10, gusts 12.",
        instruction="Stay inside. Do not go to sea.",
    )
    first = alert("bao-1", -1 * HOUR, infos=(replace(storm, headline="Bão số 3 gần bờ"),))
    receive(office, first)
    (number,) = receive(office, update("bao-2", 0 * HOUR, [first], infos=(storm, english)))
    heat = info(headline="Nắng nóng diện rộng", event="Nắng nóng", severity="Moderate", areas=NOWHERE)
    rain = info(headline="Mưa lớn từ trưa nay", event="Mưa lớn", severity="Moderate", effective=NOW + 5 * HOUR)
    receive(office, alert("nong", infos=(heat,)), alert("mua", infos=(replace(rain, expires=NOW + 30 * HOUR),)))
    heard(office, "gdacs")
    office.now += 25 * MINUTE
    unheard(office, "Nguồn trả lời mà không có dữ liệu cảnh báo (HTTP 503).", "gdacs")
    heard(office)
    return number


def _ring(corners: Sequence[tuple[float, float]]) -> Outline:
    return (tuple(Point(*one) for one in (*corners, corners[0])),)


def _place(office: Office, slug: str, outline: Outline, point: Point) -> None:
    found = areas.get(office.db, slug)
    areas.place(office.db, replace(found, outline=outline, point=point), actor="os:root", now=office.now)


def _shot(
    browser: Browser,
    office: Office,
    address: str,
    who: Person,
    path: str,
    file: Path,
    size: tuple[int, int] = (1600, 1000),
) -> None:
    made = context(browser, office, address, who, viewport={"width": size[0], "height": size[1]})
    page = made.new_page()
    page.goto(path)
    save_small(page, file)
    made.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
