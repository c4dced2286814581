"""Keepers add, rename, move and merge areas at the desk; old addresses and old names lead to the area of today."""

from __future__ import annotations

import re
from dataclasses import replace

from server.core.model import OutlinedArea
from server.core.policy import Grant
from server.store.areas import areas
from server.store.areas_merge import plans
from server.store.boards import boards
from server.store.people import people
from tests.cast import DAY, DONG_HAI, KEEPER, MINH_TAN, NOW, OPERATOR, Person
from tests.desk.office import Browser, Office

HERE = f"/desk/areas/{MINH_TAN.slug}"
MERGE = {"kind": "merge", "target": DONG_HAI.slug, "due": ""}


def details(keeper: Browser, address: str, **fields: str) -> dict[str, str]:
    page = keeper.get(address).text
    mark = re.findall(r'name="mark" type="hidden" value="(\w*)"', page)[0]
    return {"name": "Xã Minh Tân", "kind": "commune", "mark": mark, **fields}


def test_an_area_is_added_and_renamed(office: Office) -> None:
    keeper = office.browser(KEEPER)
    made = keeper.post("/desk/areas/new", {"name": "Thôn Đoài", "parent": MINH_TAN.slug}, follow_redirects=True)
    assert "Đã lưu «Thôn Đoài»." in made.text
    assert areas.get(office.db, "thon-doai") == OutlinedArea("thon-doai", "Thôn Đoài", "xa-minh-tan", kind="hamlet")
    other = keeper.post("/desk/areas/new", {"name": "thôn  đoài", "parent": MINH_TAN.slug})
    assert (other.status_code, "đã có một đơn vị tên «Thôn Đoài»" in other.text) == (422, True)
    form = details(keeper, f"{HERE}/details", owner="UBND xã Minh Tân", former_names="Xã Cũ\nXã Xưa, huyện Hưng Hà")
    assert keeper.post(f"{HERE}/details", form).status_code == 303
    saved = areas.get(office.db, MINH_TAN.slug)
    assert (saved.owner, saved.former_names) == ("UBND xã Minh Tân", ("Xã Cũ", "Xã Xưa, huyện Hưng Hà"))
    stale = keeper.post(f"{HERE}/details", {**form, "owner": "Khác"})
    assert "Người khác vừa sửa" in stale.text


def test_an_area_that_is_renamed_is_still_found_by_its_former_name(office: Office) -> None:
    keeper = office.browser(KEEPER)
    form = details(keeper, f"{HERE}/details", name="Phường Minh Tân", former_names="Xã Cũ")
    assert keeper.post(f"{HERE}/details", form).status_code == 303
    assert areas.get(office.db, MINH_TAN.slug).former_names == ("Xã Cũ", "Xã Minh Tân")
    assert "gồm Xã Minh Tân (cũ)" in keeper.get("/desk/areas/?q=xa+minh+tan").text


def test_public_pages_name_the_owning_body_as_the_issuer(office: Office) -> None:
    keeper = office.browser(KEEPER)
    keeper.post(f"{HERE}/details", details(keeper, f"{HERE}/details", owner="UBND xã Minh Tân"))
    page = office.browser().get("/board/xa-minh-tan").text
    assert "<strong>UBND xã Minh Tân</strong>" in page


def test_a_merger_is_previewed_done_and_undone(office: Office) -> None:
    keeper = office.browser(KEEPER)
    shown = keeper.post(f"{HERE}/change/preview", MERGE).text
    assert "Nhập xã Minh Tân vào xã Đông Hải" in shown
    assert re.findall(r"<dd>(\d+)</dd>", shown.split('class="facts moved"')[1]) == ["1", "1", "0", "1", "0", "0"]
    assert "<dd>Trụ sở xã Minh Tân</dd>" in shown, "boards and people are named too"
    assert f"<dd>{OPERATOR.name}</dd>" in shown
    done = keeper.post(f"{HERE}/change", MERGE, follow_redirects=True).text
    assert "Đã nhập «Xã Minh Tân» vào «Xã Đông Hải»." in done
    assert boards.get(office.db, "xa-minh-tan").area == DONG_HAI.slug
    address = re.findall(r'action="(/desk/areas/plans/\d+/undo)"', done)[0]
    assert "Đã hoàn tác." in keeper.post(address, follow_redirects=True).text
    assert boards.get(office.db, "xa-minh-tan").area == MINH_TAN.slug
    told = keeper.get(f"/desk/audit/?subject=area/{MINH_TAN.slug}").text
    assert "Nhập đơn vị vào đơn vị khác" in told
    assert "Hoàn tác việc nhập đơn vị" in told


def test_a_preview_names_the_first_boards_that_go_over_and_counts_the_rest(office: Office) -> None:
    first = boards.get(office.db, "xa-minh-tan")
    for number in range(10, 24):
        boards.save(office.db, replace(first, slug=f"bang-{number}", name=f"Bảng {number}"), actor="tuan", now=NOW)
    shown = office.browser(KEEPER).post(f"{HERE}/change/preview", MERGE).text
    assert "<dd>15</dd>" in shown
    assert "Bảng 20 và 3 nữa</dd>" in shown


def test_a_planned_merger_waits_and_can_be_cancelled(office: Office) -> None:
    keeper = office.browser(KEEPER)
    page = keeper.post(f"{HERE}/change", {**MERGE, "due": "10/03/2026 00:00"}, follow_redirects=True).text
    assert "Kế hoạch: lúc" in page
    assert boards.get(office.db, "xa-minh-tan").area == MINH_TAN.slug
    (waiting,) = plans.waiting(office.db)
    assert waiting.due == NOW.replace(hour=17, minute=0), "midnight in Vietnam"
    keeper.post(f"/desk/areas/plans/{waiting.id}/cancel")
    assert plans.waiting(office.db) == ()


def test_an_impossible_change_is_refused_at_the_form(office: Office) -> None:
    keeper = office.browser(KEEPER)
    answer = keeper.post(f"{HERE}/change", {**MERGE, "kind": "move", "target": "tinh"})
    assert (answer.status_code, "Đơn vị đã thuộc nơi này rồi." in answer.text) == (422, True)
    assert "Hãy chọn đơn vị nhận" in keeper.post(f"{HERE}/change/preview", {**MERGE, "target": ""}).text
    late = keeper.post(f"{HERE}/change", {**MERGE, "due": "01/01/2020 10:00"})
    assert (late.status_code, "Giờ này đã qua." in late.text) == (422, True)


def test_a_keeper_of_one_commune_cannot_merge_it_into_another(office: Office) -> None:
    people.add(office.db, username="xa", name="Người xã", email="xa@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, "xa", Grant("keeper", MINH_TAN.slug), by=None, actor="os:root", now=NOW)
    theirs = office.browser(Person("xa", "Người xã", "keeper", MINH_TAN.slug))
    assert theirs.post(f"{HERE}/change", MERGE).status_code == 403
    made = plans.plan(office.db, "merge", MINH_TAN.slug, DONG_HAI.slug, due=NOW + DAY, actor="tuan", now=NOW)
    assert theirs.post(f"/desk/areas/plans/{made.id}/cancel").status_code == 403
    page = theirs.get("/desk/areas/").text
    assert "nhập xã Minh Tân vào xã Đông Hải" in page, "but who loses an area sees when"
    assert "Bỏ kế hoạch" not in page
    assert "Bỏ kế hoạch" in office.browser(KEEPER).get("/desk/areas/").text


def test_old_names_and_old_addresses_lead_to_the_area_of_today(office: Office) -> None:
    office.browser(KEEPER).post(f"{HERE}/change", MERGE)
    citizen = office.browser()
    found = re.sub(r"\s+", " ", citizen.get("/?q=minh+tan").text)
    assert 'Xã Minh Tân: nay thuộc <a href="#in-xa-dong-hai">Xã Đông Hải</a>' in found
    assert "Trụ sở xã Minh Tân" in found
    assert citizen.get("/board/xa-minh-tan").status_code == 200
    for path in ("/area/{}/feed.atom", "/area/{}/calendar.ics?x=1", "/push/{}", "/areas/{}/alerts.atom"):
        old = citizen.get(path.format(MINH_TAN.slug))
        assert (old.status_code, old.location) == (307, path.format(DONG_HAI.slug)), path
    assert citizen.get("/area/khong-co/feed.atom").status_code == 404
    assert "xã Minh Tân (cũ)" in office.browser(KEEPER).get("/desk/areas/").text
