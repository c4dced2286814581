"""Reports for the source information system by API and at the desk: the same figures as JSON, CSV and XLSX.

No text of a table becomes a formula, and nobody sees boards of other areas.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from server.core.model import Point
from server.core.screens.proof import Proof
from server.core.screens.screens import Link
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.screens import plays, receipts
from tests.cast import BOARD_MINH_TAN, EDITOR, HOUR, KEEPER, NOW, OPERATOR, PHO_DONG_HAI, announcement
from tests.desk.api.programs import UNLIMITED, Program, data, program
from tests.desk.office import Office
from tests.store.screens.test_screens import paired

FORMULA = '=HYPERLINK("http://x.example","bấm")'
MARCH = "from=2026-03-01&to=2026-03-31"


@pytest.fixture
def reader(office: Office) -> Program:
    """A program that reads the reports of Minh Tân, whose board showed a story and an advert with a formula."""
    office.config = UNLIMITED
    advert = announcements.post(office.db, announcement(area="xa-minh-tan", title=FORMULA, advert=True), actor="lan")
    shared = replace(
        BOARD_MINH_TAN, owner="company_shared", owner_name="+84 Quảng cáo", agreed_share=0.5, diagonal=55.0
    )
    boards.save(office.db, shared, actor=KEEPER.slug, now=NOW)
    for item, title, day, count in (
        ("story:1", "Tin", "2026-03-31", 1), (f"announcement:{advert.id}", FORMULA, "2026-03-01", 3),
        ("story:1", "Tin", "2026-04-01", 5), ("story:1", "Tin", "2026-02-28", 5),
    ):  # fmt: skip
        shown(office, BOARD_MINH_TAN.slug, item, title, day, count)
    shown(office, PHO_DONG_HAI.slug, "story:1", "Tin", "2026-03-09", 9)
    screen, _ = paired(office.db, BOARD_MINH_TAN.slug)
    receipts.save(office.db, [], [], [Link(screen.id, up=True, seen=NOW - HOUR)])
    return program(office, "report.view")


def shown(office: Office, board: str, item: str, title: str, day: str, count: int) -> None:
    at = datetime.fromisoformat(f"{day}T08:00:00+07:00")
    with office.db.write() as conn:
        plays.add(conn, [Proof(board, day, item, title, count, at, at + HOUR, 1, b"\1", {}, count * 60_000)])


def sheet(answer: TestResponse) -> list[list[Any]]:
    """The cells of an XLSX file, none of which may be a formula."""
    rows = load_workbook(io.BytesIO(answer.get_data())).worksheets[0].rows
    cells = [list(row) for row in rows]
    assert {cell.data_type for row in cells for cell in row} <= {"s", "inlineStr", "n", "d"}
    return [[cell.value for cell in row] for row in cells]


def lines(answer: TestResponse) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))


def test_the_inventory_has_owner_place_size_and_state(reader: Program) -> None:
    (board,) = data(reader.get("source-system/boards"))["items"]
    assert board == {
        "board": "xa-minh-tan", "name": "Trụ sở xã Minh Tân", "area": "xa-minh-tan", "area_name": "Xã Minh Tân",
        "owner": "company_shared", "owner_name": "+84 Quảng cáo", "agreed_share": 0.5, "layout": "portrait",
        "diagonal_inches": 55.0, "latitude": None, "longitude": None, "mode": "on", "state": "dark", "screens": 1,
        "live": 0, "dark_since": "2026-03-08T23:30:00Z",
    }  # fmt: skip
    (state,) = data(reader.get("source-system/status"))["items"]
    assert state == {name: board[name] for name in ("board", "state", "screens", "live", "dark_since")}


def test_plays_are_those_of_the_days_in_the_period(reader: Program) -> None:
    found = data(reader.get(f"source-system/plays?board=xa-minh-tan&{MARCH}"))
    assert [(one["title"], one["count"], one["seconds"], one["advert"]) for one in found["items"]] == [
        (FORMULA, 3, 180, True), ("Tin", 1, 60, False)
    ]  # fmt: skip
    assert found["items"][1]["first"] == "2026-03-31T01:00:00Z"
    assert reader.get(f"source-system/plays?board=pho-dong-hai&{MARCH}").status_code == 404
    assert reader.get("source-system/plays").status_code == 422


def test_the_statement_counts_the_month_by_owner(reader: Program) -> None:
    found = data(reader.get("source-system/airtime?month=2026-03"))
    state, ads, company = found["items"]
    assert (found["first"], found["last"]) == ("2026-03-01", "2026-03-31")
    assert (state["boards"], ads["boards"], company["short"]) == ([], [], 1)
    assert (company["seconds"], company["political_seconds"], company["share"]) == (240, 60, 0.25)
    assert reader.get("source-system/airtime?month=2026-13").status_code == 422
    assert [one["count"] for one in data(reader.get("source-system/airtime?month=2026-04"))["items"]] == [0, 0, 5]


@pytest.mark.parametrize("name", ["boards", "airtime", "plays"])
def test_files_have_the_same_figures_and_no_formulas(reader: Program, name: str) -> None:
    path = f"source-system/files/{name}"
    query = f"?board=xa-minh-tan&{MARCH}&month=2026-03"
    table, text = sheet(reader.get(f"{path}.xlsx{query}")), lines(reader.get(f"{path}.csv{query}"))
    assert [len(row) for row in table] == [len(row) for row in text]
    assert table[0] == text[0]
    flat, cells = [one for row in table for one in row], [one for row in text for one in row]
    assert not [one for one in cells if one.startswith(("=", "+"))]
    if name == "plays":
        assert FORMULA in flat
        assert f"'{FORMULA}" in cells
        assert table[1][5] == 3
    else:
        assert "+84 Quảng cáo" in flat
        assert "'+84 Quảng cáo" in cells
    assert reader.get(f"{path}.pdf{query}").status_code == 422


def test_numbers_in_csv_files_are_written_as_the_reader_writes_them(office: Office, reader: Program) -> None:
    found = boards.get(office.db, BOARD_MINH_TAN.slug)
    placed = replace(found, agreed_share=0.375, point=Point(20.6464, 106.0))
    boards.save(office.db, placed, actor=KEEPER.slug, now=NOW)
    head, board = lines(reader.get("source-system/files/boards.csv"))
    cells = dict(zip(head, board, strict=True))
    assert cells["Đường chéo (inch)"] == "55"
    assert cells["Tỷ lệ tuyên truyền đã thỏa thuận (%)"] == "37,5"
    assert (cells["Vĩ độ"], cells["Kinh độ"]) == ("20,6464", "106")


def test_the_desk_shows_the_same_and_lets_it_be_downloaded(office: Office, reader: Program) -> None:
    browser = office.browser(EDITOR)
    page = browser.get("/desk/source-system/?month=2026-03").text
    assert "Trụ sở xã Minh Tân (+84 Quảng cáo): 25% tin tuyên truyền, ít hơn mức đã thỏa thuận 50%." in page
    assert "Phố Đông Hải" in page
    own = office.browser(OPERATOR)
    assert "Phố Đông Hải" not in own.get("/desk/source-system/").text
    assert own.get("/desk/source-system/boards/pho-dong-hai").status_code == 404
    assert own.get("/desk/source-system/files/plays.csv?board=pho-dong-hai").status_code == 404
    board = own.get("/desk/source-system/boards/xa-minh-tan?from=01/03/2026&to=31/03/2026").text
    assert ("3 phút" in board, "quảng cáo" in board) == (True, True)
    for name in ("boards", "airtime", "plays"):
        answer = own.get(f"/desk/source-system/files/{name}.xlsx?board=xa-minh-tan&month=2026-03")
        assert sheet(answer)
        assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    assert own.get("/desk/source-system/files/khac.csv").status_code == 404
    assert own.get("/desk/source-system/files/boards.exe").status_code == 404


def test_the_page_tells_who_decided_on_a_bulletin(office: Office, reader: Program) -> None:
    sender = program(office, "bulletin.send", "bulletin.air", area="tinh")
    body = {"number": "TTN-9", "priority": "priority", "title": "Lịch tiêm chủng", "areas": ["xa-minh-tan"]}
    item = data(sender.post("source-system/bulletins", body))["items"][0]["item"]
    browser = office.browser(EDITOR)
    page = browser.get("/desk/source-system/").text
    assert "Lên bảng ngay theo quyền của Một cửa" in page
    assert "Chưa ai xếp thứ tự" in page
    announcements.reorder(office.db, [int(item.partition(":")[2])], actor=EDITOR.slug, now=NOW)
    assert "Trần Ngọc Lan xếp thứ tự" in browser.get("/desk/source-system/").text
    assert "TTN-9" in browser.get(f"/desk/queue/{item.partition(':')[2]}").text


def test_a_keeper_sets_owner_and_agreed_share_at_the_board(office: Office) -> None:
    browser = office.browser(KEEPER)
    form = {
        "name": "Trụ sở xã Minh Tân", "area": "xa-minh-tan", "language": "vi", "zone": "Asia/Ho_Chi_Minh",
        "layout": "portrait", "theme": "province", "serving": "off", "serving_every": "5", "upper_share": "50",
        "owner": "company_shared", "owner_name": " Công ty  Ánh Sáng ", "agreed_share": "37,5", "point": "",
    }  # fmt: skip
    answer = browser.post("/desk/screens/boards/xa-minh-tan", form)
    assert answer.status_code == 303, answer.text
    saved = boards.get(office.db, "xa-minh-tan")
    assert (saved.owner, saved.owner_name, saved.agreed_share) == ("company_shared", "Công ty Ánh Sáng", 0.375)
    browser.post("/desk/screens/boards/xa-minh-tan", form | {"owner": "state"})
    saved = boards.get(office.db, "xa-minh-tan")
    assert (saved.owner, saved.owner_name, saved.agreed_share) == ("state", "", None)
