"""Keepers import areas from a file or the shipped list after a preview, and export what imports again unchanged."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from openpyxl import Workbook
from werkzeug.test import TestResponse

from server.store.areas import areas
from server.store.audit import audit
from tests.cast import KEEPER
from tests.desk.office import Browser, Office
from tests.media.test_importer import windows_1258

CHECK, SAVE = "/desk/areas/import/check", "/desk/areas/import"
CSV = "Mã;Tên;Loại;Thuộc;Tên cũ\n12300;Xã Hòa Bình;Xã;;Xã Cũ, huyện Vũ Thư\n;Thôn Đoài;Thôn;Xã Hòa Bình;\n;;Xã;;\n"


def workbook(*rows: tuple[str, ...]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def sent(keeper: Browser, body: bytes, name: str) -> TestResponse:
    return keeper.post(CHECK, {"from": "file", "root": "tinh", "file": (io.BytesIO(body), name)})


def carried(page: str) -> dict[str, str]:
    form = page.split(f'action="{SAVE}"')[1].split("</form>")[0]
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    found["rows"] = unescape(re.findall(r"<textarea name=\"rows\" hidden>(.*?)</textarea>", form, re.S)[0])
    return found


def words(page: str) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", re.sub(r"<[^>]+>", " ", unescape(page)))


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (CSV.encode("utf-8-sig"), "don-vi.csv"),
        (CSV.replace(";", ",").replace("Cũ, huyện", "Cũ; huyện").encode(), "don-vi.csv"),
        (windows_1258(CSV), "don-vi.csv"),
        (workbook(*(tuple(line.split(";")) for line in CSV.splitlines())), "don-vi.xlsx"),
    ],
    ids=["utf-8 with a mark", "commas", "windows-1258", "xlsx"],
)
def test_a_file_is_previewed_and_then_stored(office: Office, body: bytes, name: str) -> None:
    keeper = office.browser(KEEPER)
    shown = sent(keeper, body, name)
    assert shown.status_code == 200
    assert "2 đơn vị mới" in re.sub(r"\s+", " ", words(shown.text))
    assert len(areas.all(office.db)) == 3, "nothing is stored before"
    saved = keeper.post(SAVE, carried(shown.text), follow_redirects=True)
    assert "Đã nhập: 2 đơn vị" in saved.text
    made = areas.get(office.db, "xa-hoa-binh")
    assert (made.parent, made.codes, made.kind) == ("tinh", ("12300",), "commune")
    assert areas.get(office.db, "thon-doai").parent == "xa-hoa-binh"
    again = words(sent(keeper, body, name).text)
    assert "Không có gì để nhập." in again
    assert [one.act for one in audit.all(office.db)].count("area.add") == 2


def test_a_wrong_line_is_named_and_the_others_are_stored(office: Office) -> None:
    keeper = office.browser(KEEPER)
    page = sent(keeper, b"name,level\nX\xc3\xa3 A,commune\nX\xc3\xa3 B,nothing\n", "a.csv").text
    assert "Xã B" in page.split("Dòng sai")[1].split("</table>")[0]
    assert "Không hiểu loại «nothing»" in page
    keeper.post(SAVE, carried(page))
    assert {"xa-a"} == set(areas.all(office.db)) - {"tinh", "xa-minh-tan", "xa-dong-hai"}


@pytest.mark.parametrize(
    ("body", "name", "complaint"),
    [
        (b"Ma,Loai\n1,2\n", "a.csv", "Không thấy cột tên đơn vị"),
        (b"PK\x03\x04 no book", "a.xlsx", "Không đọc được bảng tính"),
        (b"%PDF-1.7", "a.pdf", "Chỉ nhận bảng tính"),
    ],
)
def test_a_file_without_a_list_is_refused_with_the_reason(
    office: Office, body: bytes, name: str, complaint: str
) -> None:
    answer = sent(office.browser(KEEPER), body, name)
    assert answer.status_code == 422
    assert complaint in answer.text


def test_what_was_previewed_is_shown_again_if_it_changed_meanwhile(office: Office) -> None:
    keeper = office.browser(KEEPER)
    fields = carried(sent(keeper, CSV.encode(), "a.csv").text)
    keeper.post(SAVE, fields)
    answer = keeper.post(SAVE, fields)
    assert "Trong lúc bạn xem" in answer.text
    assert keeper.post(SAVE, {**fields, "rows": "[1]"}).status_code == 422


def test_the_shipped_list_makes_the_104_communes_of_the_province(office: Office) -> None:
    keeper = office.browser(KEEPER)
    assert "104 xã, phường của tỉnh Hưng Yên" in keeper.get("/desk/areas/import").text
    shown = keeper.post(CHECK, {"from": "list", "root": "tinh"})
    keeper.post(SAVE, carried(shown.text))
    made = areas.all(office.db)
    new = [one for one in made.values() if one.codes and one.codes[0] != "VN-66"]
    assert len(new) == 104
    assert sum(one.name.startswith("Phường ") for one in new) == 11
    found = words(keeper.get("/desk/areas/?q=hien+nam").text)
    assert "Phường Phố Hiến" in found
    assert "gồm Phường Hiến Nam, thành phố Hưng Yên (cũ)" in found


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_exported_imports_again_without_a_change(office: Office, kind: str) -> None:
    keeper = office.browser(KEEPER)
    keeper.post(SAVE, carried(sent(keeper, CSV.encode(), "a.csv").text))
    body = keeper.get(f"/desk/areas/areas.{kind}").get_data()
    page = words(sent(keeper, body, f"don-vi.{kind}").text)
    assert "5 như đang có" in re.sub(r"\s+", " ", page)
    assert "Không có gì để nhập." in page
