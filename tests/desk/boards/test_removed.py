"""The address of a removed board is not used again; the form says before saving which items leave a board."""

from __future__ import annotations

from dataclasses import replace

from server.store.boards import boards
from server.store.sources import sources
from tests import cast
from tests.cast import BOARD_MINH_TAN, HOI_TRUONG, KEEPER, NOW, TIN_XA
from tests.desk.boards.test_form import as_sent
from tests.desk.office import Office

FORM = "/desk/screens/boards"


def test_a_new_board_does_not_take_the_address_of_a_removed_one(office: Office) -> None:
    keeper = office.browser(KEEPER)
    keeper.post(f"{FORM}/xa-minh-tan/remove")
    form = {"name": "Bảng khác", "slug": "xa-minh-tan", "area": "tinh", "upper_share": "50", "layout": "landscape",
            "language": "vi", "zone": "Asia/Ho_Chi_Minh", "theme": "province", "serving_every": "5"}  # fmt: skip
    answer = keeper.post(f"{FORM}/new", form)
    assert answer.status_code == 422
    assert "«Trụ sở xã Minh Tân» (Xã Minh Tân) đã bỏ" in answer.text
    assert f'formaction="{FORM}/xa-minh-tan/bring-back"' in answer.text
    assert keeper.post(f"{FORM}/xa-minh-tan/bring-back").status_code == 303
    assert boards.get(office.db, "xa-minh-tan") == BOARD_MINH_TAN
    assert keeper.post(f"{FORM}/xa-minh-tan/bring-back").status_code == 404
    answer = keeper.post(f"{FORM}/new", form)
    assert "Bảng tin «Trụ sở xã Minh Tân» đang dùng địa chỉ này" in answer.text


def test_the_preview_says_what_leaves_the_board_and_what_it_shows(office: Office) -> None:
    keeper = office.browser(KEEPER)
    form = as_sent(keeper.get(f"{FORM}/xa-minh-tan").text)
    without = {name: values[1:] if name.startswith("lanes-") else values for name, values in form.items()}
    page = keeper.post(f"{FORM}/new/preview?board=xa-minh-tan", without).text
    assert "không còn chiếu" in page
    assert TIN_XA.name in page
    assert "không bảng nào khác hiện nguồn này" in page
    assert "chưa có gì để chiếu" in page
    saved = keeper.post(f"{FORM}/xa-minh-tan", without, follow_redirects=True).text
    assert f"Không còn chiếu: {TIN_XA.name}" in saved
    assert [lane.source for lane in boards.get(office.db, "xa-minh-tan").lanes] == ["tin-tinh"]


def test_a_board_whose_source_was_removed_can_be_saved(office: Office) -> None:
    keeper = office.browser(KEEPER)
    sources.remove(office.db, "tin-tinh", actor=KEEPER.slug, now=NOW)
    opened = keeper.get(f"{FORM}/hoi-truong").text
    assert "không còn chiếu" not in opened, "a removed source is no loss of this form"
    form = as_sent(opened) | {"name": ["Hội trường lớn"]}
    assert keeper.post(f"{FORM}/hoi-truong", form).status_code == 303
    assert boards.get(office.db, "hoi-truong").name == "Hội trường lớn"


def test_a_saved_board_without_a_screen_is_named_as_everywhere(office: Office) -> None:
    for slug, area in (("nvh-mt", "xa-minh-tan"), ("nvh-dh", "xa-dong-hai")):
        made = replace(cast.board(slug, area=area), name="Nhà văn hóa")
        boards.save(office.db, made, actor=KEEPER.slug, now=NOW)
    keeper = office.browser(KEEPER)
    form = as_sent(keeper.get(f"{FORM}/nvh-mt").text)
    saved = keeper.post(f"{FORM}/nvh-mt", form, follow_redirects=True).text
    assert "Đã lưu bảng tin Nhà văn hóa (xã Minh Tân). Bảng chưa có màn hình nào" in saved


def test_boards_of_one_name_are_told_apart_by_place(office: Office) -> None:
    for slug, area in (("nvh-mt", "xa-minh-tan"), ("nvh-dh", "xa-dong-hai")):
        made = replace(cast.board(slug, area=area), name="Nhà văn hóa")
        boards.save(office.db, made, actor=KEEPER.slug, now=NOW)
    keeper = office.browser(KEEPER)
    for page in (f"{FORM}/nvh-mt", "/desk/timeline/?board=nvh-mt", "/desk/sources/tin-tinh", "/desk/audit/"):
        assert "Nhà văn hóa (xã Minh Tân)" in keeper.get(page).text, page
    assert HOI_TRUONG.name in keeper.get("/desk/sources/tin-tinh").text


def test_a_board_that_another_keeper_has_saved_meanwhile_is_not_overwritten_unseen(office: Office) -> None:
    keeper = office.browser(KEEPER)
    read = as_sent(keeper.get(f"{FORM}/hoi-truong").text) | {"name": ["Hội trường lớn"]}
    keeper.post("/desk/sources/tin-xa/boards", {"boards": ["hoi-truong", "xa-minh-tan"]})
    answer = keeper.post(f"{FORM}/hoi-truong", read)
    assert answer.status_code == 422
    assert "Người khác vừa lưu bảng tin này" in answer.text
    assert TIN_XA.name in answer.text.split('id="lost"')[1].split("</div>")[0]
    again = as_sent(answer.text)
    assert again["name"] == ["Hội trường lớn"]
    # A row button used without JavaScript does not renew the version of the board that the form has read.
    unseen = as_sent(keeper.post(f"{FORM}/hoi-truong", read | {"do": "lanes-add"}).text)
    assert unseen["mark"] == read["mark"]
    assert keeper.post(f"{FORM}/hoi-truong", again).status_code == 303
    assert [lane.source for lane in boards.get(office.db, "hoi-truong").lanes] == ["tin-tinh"]
