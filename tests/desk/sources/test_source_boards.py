"""Which boards show a source: chosen when it is added, with a warning if none does; no source is added twice."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest

from server.core.model import Lane
from server.core.policy import Grant
from server.store.boards import boards
from server.store.people import people
from server.store.sources import sources
from tests import cast
from tests.cast import BOARD_MINH_TAN, EDITOR, HOI_TRUONG, KEEPER, NOW, PHO_DONG_HAI, TIN_TINH, TIN_XA, Person
from tests.desk.office import Browser, Office
from tests.desk.sources.trying import tried
from tests.feeds.hosts import host, responds
from tests.feeds.stories import sample_feed

EVERY_BOARD = [BOARD_MINH_TAN.slug, HOI_TRUONG.slug, PHO_DONG_HAI.slug]
NOWHERE = "Không bảng nào hiện nguồn"
NEW = {"name": "Đài xã", "area": "xa-minh-tan", "address": "https://dai.example.vn/rss"}


def lanes(office: Office, board: str) -> tuple[Lane, ...]:
    return boards.get(office.db, board).lanes


def commune_keeper(office: Office) -> Browser:
    people.add(office.db, username="nam", name="Đỗ Nam", email="nam@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, "nam", Grant("keeper", "xa-minh-tan"), by=None, actor="os:root", now=NOW)
    return office.browser(Person("nam", "Đỗ Nam", "keeper", "xa-minh-tan"))


def test_a_source_is_added_with_the_boards_that_show_it(office: Office) -> None:
    chosen = {**NEW, "boards": [BOARD_MINH_TAN.slug, PHO_DONG_HAI.slug], "most": "5", "days": "7"}
    page = office.browser(KEEPER).post("/desk/sources/add", chosen, follow_redirects=True).text
    assert "Hiện trên: Phố Đông Hải, Trụ sở xã Minh Tân." in page
    for board in (BOARD_MINH_TAN, PHO_DONG_HAI):
        assert lanes(office, board.slug) == (*board.lanes, Lane("dai-xa", 5, 7))
    assert lanes(office, HOI_TRUONG.slug) == HOI_TRUONG.lanes


def test_the_boards_of_the_first_area_are_suggested(office: Office) -> None:
    with host(responds("200 OK", body=sample_feed().encode())) as told:
        office.config = office.config.model_copy(
            update={"fetch": office.config.fetch.model_copy(update={"allow_private": ("127.0.0.1",)})}
        )
        page = tried(office, office.browser(KEEPER), "/desk/sources/look", {"address": told.url(name="127.0.0.1")})
    assert 'value="hoi-truong" data-area="tinh" checked' in page
    assert 'value="xa-minh-tan" data-area="xa-minh-tan">' in page


def test_a_source_that_no_board_shows_is_red_until_a_board_is_chosen(office: Office) -> None:
    keeper = office.browser(KEEPER)
    keeper.post("/desk/sources/add", NEW)
    pages = ("/desk/sources/", "/desk/sources/dai-xa", "/desk/wall/")
    for page in pages:
        text = keeper.get(page).text
        assert NOWHERE in text, page
        assert 'href="/desk/sources/dai-xa#boards"' in text or 'href="#boards"' in text, page
    assert NOWHERE not in office.browser(EDITOR).get("/desk/wall/").text
    keeper.post("/desk/sources/dai-xa/boards", {"boards": [HOI_TRUONG.slug]})
    assert [lane.source for lane in lanes(office, HOI_TRUONG.slug)] == ["tin-tinh", "dai-xa"]
    assert all(NOWHERE not in keeper.get(page).text for page in pages)
    keeper.post("/desk/sources/dai-xa/boards", {"boards": [], "before": [HOI_TRUONG.slug]})
    assert lanes(office, HOI_TRUONG.slug) == HOI_TRUONG.lanes


def test_two_feeds_of_one_portal_and_name_are_told_apart_by_their_addresses(office: Office) -> None:
    keeper = office.browser(KEEPER)
    for path in ("tin", "thong-bao"):
        keeper.post("/desk/sources/add", {**NEW, "address": f"https://dai.example.vn/{path}.rss"})
    page = keeper.get("/desk/sources/").text
    assert "Đài xã (dai.example.vn/tin.rss)" in page
    assert "Đài xã (dai.example.vn/thong-bao.rss)" in page


def test_a_lane_that_is_there_keeps_its_numbers_and_its_place(office: Office) -> None:
    office.browser(KEEPER).post(
        "/desk/sources/tin-tinh/boards",
        {"boards": [BOARD_MINH_TAN.slug, PHO_DONG_HAI.slug], "before": EVERY_BOARD, "most": "9"},
    )
    assert lanes(office, BOARD_MINH_TAN.slug) == BOARD_MINH_TAN.lanes
    assert lanes(office, HOI_TRUONG.slug) == ()


def test_a_keeper_of_a_commune_changes_its_own_boards_only(office: Office) -> None:
    nam = commune_keeper(office)
    nam.post("/desk/sources/add", {**NEW, "boards": [HOI_TRUONG.slug, BOARD_MINH_TAN.slug]})
    assert lanes(office, HOI_TRUONG.slug) == HOI_TRUONG.lanes
    assert lanes(office, BOARD_MINH_TAN.slug)[-1].source == "dai-xa"
    nam.post("/desk/sources/tin-xa/boards", {"boards": [], "before": EVERY_BOARD})
    assert [lane.source for lane in lanes(office, BOARD_MINH_TAN.slug)] == ["tin-tinh", "dai-xa"]


def test_an_old_page_changes_only_what_was_ticked_on_it(office: Office) -> None:
    keeper = office.browser(KEEPER)
    page = keeper.get("/desk/sources/tin-xa").text
    before = re.findall(r'name="before" value="([^"]+)"', page)
    assert before == [BOARD_MINH_TAN.slug]
    boards.set_lanes(office.db, Lane("tin-xa"), {HOI_TRUONG.slug}, {BOARD_MINH_TAN.slug}, actor="k", now=NOW)
    keeper.post("/desk/sources/tin-xa/boards", {"boards": [*before, PHO_DONG_HAI.slug], "before": before})
    shown = {board.slug for board in boards.all(office.db) if any(lane.source == "tin-xa" for lane in board.lanes)}
    assert shown == {HOI_TRUONG.slug, PHO_DONG_HAI.slug}


def test_the_suggestion_only_adds(office: Office) -> None:
    keeper = office.browser(KEEPER)
    keeper.post("/desk/sources/add", {**NEW, "area": "tinh"})
    page = keeper.get("/desk/sources/dai-xa").text
    form = page[page.index('role="alert"') :].partition("</form>")[0]
    assert 'name="boards" value="hoi-truong"' in form
    boards.set_lanes(office.db, Lane("dai-xa"), {PHO_DONG_HAI.slug}, actor="k", now=NOW)
    assert 'name="before"' not in form
    keeper.post("/desk/sources/dai-xa/boards", {"boards": [HOI_TRUONG.slug]})
    assert all(lanes(office, one)[-1].source == "dai-xa" for one in (HOI_TRUONG.slug, PHO_DONG_HAI.slug))


def fill_board(office: Office, *, free: int) -> None:
    """Gives Minh Tân's board so many lanes that only ``free`` more are allowed."""
    many = [cast.source(f"n{n}", name=f"N{n}") for n in range(boards.MOST_LANES)]
    for one in many:
        sources.save(office.db, one, actor="k", now=NOW)
    full = (*BOARD_MINH_TAN.lanes, *(Lane(one.slug) for one in many))
    boards.save(office.db, replace(BOARD_MINH_TAN, lanes=full[: boards.MOST_LANES - free]), actor="k", now=NOW)


def test_a_list_of_feeds_that_a_board_cannot_hold_adds_nothing(office: Office) -> None:
    fill_board(office, free=1)
    before = len(sources.all(office.db))
    feeds = "".join(f'<outline type="rss" text="F{n}" xmlUrl="https://f{n}.vn/rss"/>' for n in range(3))
    file = f'<opml version="2.0"><head/><body>{feeds}</body></opml>'.encode()
    keeper = office.browser(KEEPER)
    form = {"area": "tinh", "boards": [HOI_TRUONG.slug, BOARD_MINH_TAN.slug]}
    page = keeper.post("/desk/sources/opml", {**form, "file": (io.BytesIO(file), "a.opml")}, follow_redirects=True)
    assert "hiện nhiều nhất 60 nguồn tin" in page.text
    assert len(sources.all(office.db)) == before
    assert lanes(office, HOI_TRUONG.slug) == HOI_TRUONG.lanes


def test_a_source_that_a_board_cannot_hold_is_refused_in_words(office: Office) -> None:
    fill_board(office, free=0)
    keeper = office.browser(KEEPER)
    keeper.post("/desk/sources/add", NEW)
    wanted = {"boards": [HOI_TRUONG.slug, BOARD_MINH_TAN.slug]}
    page = keeper.post("/desk/sources/dai-xa/boards", wanted, follow_redirects=True).text
    assert "Bảng tin «Trụ sở xã Minh Tân» hiện nhiều nhất 60 nguồn tin" in page
    assert lanes(office, HOI_TRUONG.slug) == HOI_TRUONG.lanes


def test_a_source_that_airs_unread_comes_to_no_board_whose_area_did_not_agree(office: Office) -> None:
    sources.save(office.db, replace(TIN_XA, trust="auto"), actor="k", now=NOW)
    answer = office.browser(KEEPER).post(
        "/desk/sources/tin-xa/boards", {"boards": [BOARD_MINH_TAN.slug, HOI_TRUONG.slug]}, follow_redirects=True
    )
    assert "Hội trường tỉnh chưa đồng ý" in answer.text
    assert lanes(office, HOI_TRUONG.slug) == HOI_TRUONG.lanes


@pytest.mark.parametrize("address", [TIN_TINH.url, "http://tinh.example.vn/tin.xml?utm_source=x"])
def test_the_same_source_is_not_added_twice(office: Office, address: str) -> None:
    page = office.browser(KEEPER).post("/desk/sources/add", {**NEW, "address": address}, follow_redirects=True).text
    assert f"nguồn «{TIN_TINH.name}»" in page
    assert len(sources.all(office.db)) == 2


def test_a_source_of_another_area_is_not_named_to_who_may_not_see_it(office: Office) -> None:
    form = {**NEW, "address": TIN_TINH.url}
    page = commune_keeper(office).post("/desk/sources/add", form, follow_redirects=True).text
    assert "đã có ở đơn vị khác" in page
    assert TIN_TINH.name not in page


def test_sources_of_one_name_are_told_apart_by_place(office: Office) -> None:
    for slug, area in (("cong-mt", "xa-minh-tan"), ("cong-dh", "xa-dong-hai")):
        made = cast.source(slug, name="Cổng thông tin", area=area)
        sources.save(office.db, made, actor=KEEPER.slug, now=NOW)
    keeper = office.browser(KEEPER)
    for page in ("/desk/sources/", "/desk/sources/cong-mt", "/desk/screens/boards/hoi-truong", "/desk/audit/"):
        assert "Cổng thông tin (xã Minh Tân)" in keeper.get(page).text, page
    assert "«Cổng thông tin (xã Minh Tân)»" in keeper.post("/desk/sources/cong-mt/remove", follow_redirects=True).text
    assert "Cổng thông tin (xã" not in keeper.get("/desk/sources/").text


@pytest.mark.parametrize(
    ("typed", "said"), [("", "Hãy dán một địa chỉ"), ("tỉnh hưng yên", "trong địa chỉ không có dấu cách")]
)
def test_what_is_no_address_is_said_at_once_and_stays_in_the_field(office: Office, typed: str, said: str) -> None:
    page = office.browser(KEEPER).post("/desk/sources/look", {"address": typed}, follow_redirects=True).text
    assert said in page
    assert f'value="{typed}"' in page
