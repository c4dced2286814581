"""The form of a board: saving loses nothing, and every invalid value has an error message at its field."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time
from html.parser import HTMLParser
from typing import Any

import pytest

from server.core.model import Board, Format, Hours, Lane, Point, ThemeDays
from server.core.policy import Grant
from server.setup.config import Config
from server.setup.config_sections import PeopleSection, ThemeSection
from server.store.audit import audit
from server.store.boards import boards
from server.store.people import people
from server.store.sources import sources
from tests import cast
from tests.cast import AREAS, BOARD_MINH_TAN, HOI_TRUONG, KEEPER, NOW, PHO_DONG_HAI, SOURCES, Person
from tests.desk.office import Browser, Office

HERE, THERE, HALL = BOARD_MINH_TAN.slug, PHO_DONG_HAI.slug, HOI_TRUONG.slug
Sent = dict[str, Any]

FORM: Sent = {
    "name": "Nhà văn hóa thôn Đông", "slug": "nha-van-hoa", "area": "xa-minh-tan", "language": "vi",
    "theme": "commune", "layout": "landscape", "diagonal": "75", "distance": "9", "upper_share": "40",
    "serving": "off", "serving_every": "5",
    "lanes-key": ["0"], "lanes-source": ["tin-tinh"], "lanes-most": ["9"], "lanes-days": ["30"],
    "zone": "Asia/Ho_Chi_Minh",
    "hours-key": ["0", "1"], "hours-start": ["05:00", "13:00"], "hours-end": ["11:30", "22:30"],
}  # fmt: skip

# A board with a value for everything that config.toml can set.
FULL = replace(
    BOARD_MINH_TAN,
    slug="day-du",
    public=False,
    theme="contrast",
    format=Format("classic", "M", side=True, ticker=True),
    lanes=(Lane("tin-tinh", 7, 3650), Lane("tin-xa", 1, 2)),
    point=Point(20.646, -106.05123456789),
    hours=(Hours(time(5), time(11, 30)), Hours(time(22), time(1, 5))),
    language="en",
    zone="Asia/Vientiane",
    upper_share=1 / 3,
    mode="dark",
    diagonal=54.6,
    distance=4.25,
    days=(ThemeDays("mourning", date(2026, 12, 1), date(2026, 12, 3)),),
    sound=True,
)


def commune_keeper(office: Office) -> Browser:
    """A signed-in browser of a keeper who has rights for the commune Minh Tân only."""
    nam = Person("nam", "Đỗ Văn Nam", "keeper", "xa-minh-tan")
    people.add(office.db, username="nam", name=nam.name, email="nam@example.vn", actor="os:root", now=NOW)
    people.grant(office.db, "nam", Grant("keeper", nam.area), by=None, actor="os:root", now=NOW)
    return office.browser(nam)


class Fields(HTMLParser):
    """Parses a page and collects what a browser would send if its form were submitted unchanged."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self._within = self._inert = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._within = attributes.get("id") == "board-form"
        # The fields inside a <template> element are no part of the form.
        self._inert |= tag == "template"
        if not self._within or self._inert:
            return
        if tag == "input" and attributes.get("name"):
            box = attributes.get("type") in ("checkbox", "radio")
            if not box or "checked" in attributes:
                self.sent.append((attributes["name"], attributes.get("value", "on" if box else "")))
        if tag == "select":
            self._select = attributes["name"]
            self.sent.append((self._select, ""))
        if tag == "option" and "selected" in attributes:
            self.sent[-1] = (self._select, attributes["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._within = False
        if tag == "template":
            self._inert = False


def as_sent(page: str) -> Sent:
    """The form data (name -> values) that a browser would send for this page, without the CSRF token."""
    parsed = Fields()
    parsed.feed(page)
    made: Sent = {}
    for name, value in parsed.sent:
        made.setdefault(name, []).append(value)
    del made["csrf_token"]
    return made


@pytest.mark.parametrize("board", [FULL, *cast.BOARDS], ids=lambda board: board.slug)
def test_saving_an_unchanged_form_changes_nothing(office: Office, board: Board) -> None:
    sources.seed(office.db, areas=AREAS, sources=SOURCES, boards=(*cast.BOARDS, FULL), now=NOW)
    before = boards.get(office.db, board.slug)
    assert before == board
    keeper = office.browser(KEEPER)
    sent = as_sent(keeper.get(f"/desk/screens/boards/{board.slug}").text)
    answer = keeper.post(f"/desk/screens/boards/{board.slug}", sent)
    assert answer.status_code == 303
    assert boards.get(office.db, board.slug) == before
    assert [act.act for act in audit.all(office.db) if act.act.startswith("board.")] == []


def test_a_keeper_makes_and_changes_a_board(office: Office) -> None:
    keeper = office.browser(KEEPER)
    assert keeper.post("/desk/screens/boards/new", FORM).status_code == 303
    made = boards.get(office.db, "nha-van-hoa")
    assert (made.area, made.theme, made.format.size, made.upper_share) == ("xa-minh-tan", "commune", "XL", 0.4)
    assert made.hours == (Hours(time(5), time(11, 30)), Hours(time(13), time(22, 30)))
    assert made.lanes == (Lane("tin-tinh", 9, 30),)
    changed = {**FORM, "name": "Nhà văn hóa", "diagonal": "", "distance": ""}
    assert keeper.post("/desk/screens/boards/nha-van-hoa", changed).status_code == 303
    # Without diagonal and distance the board keeps its size class.
    assert boards.get(office.db, "nha-van-hoa") == replace(made, name="Nhà văn hóa", diagonal=None, distance=None)
    assert keeper.post("/desk/screens/boards/new", FORM).status_code == 422


def test_side_column_ticker_sound_days_and_point_are_saved(office: Office) -> None:
    more = {
        "side": "y", "ticker": "y", "sound": "y", "point": "20,106", "diagonal": "54,6", "distance": "4,25",
        "days-key": ["7"], "days-theme": ["mourning"], "days-first": ["2026-12-01"], "days-last": ["2026-12-03"],
    }  # fmt: skip
    assert "20,6464" in office.browser(KEEPER).post("/desk/screens/boards/new", {**FORM, **more}).text
    office.browser(KEEPER).post("/desk/screens/boards/new", {**FORM, **more, "point": "20,5; 106"})
    made = boards.get(office.db, "nha-van-hoa")
    assert (made.format.side, made.format.ticker, made.sound) == (True, True, True)
    assert (made.point, made.diagonal, made.distance) == ((20.5, 106.0), 54.6, 4.25)
    assert made.days == (ThemeDays("mourning", date(2026, 12, 1), date(2026, 12, 3)),)


WRONG: list[tuple[Sent, str, str]] = [
    ({"hours-start": ["", "13:00"]}, "hours-start-0-wrong", "Mục này chưa có gì"),
    ({"hours-end": ["05:00", "22:30"]}, "hours-end-0-wrong", "giống nhau"),
    ({"hours-start": ["sáng", "13:00"]}, "hours-start-0-wrong", "như 07:00"),
    ({"hours-start": ["25:00", "13:00"]}, "hours-start-0-wrong", "Không có giờ 25:00"),
    ({"lanes-source": [""]}, "lanes-source-0-wrong", "Chưa chọn nguồn tin"),
    ({"lanes-source": ["khong-co"]}, "lanes-source-0-wrong", "khong-co"),
    ({"lanes-most": ["0"]}, "lanes-most-0-wrong", "từ 1 đến 200"),
    ({"lanes-days": ["hai"]}, "lanes-days-0-wrong", "từ 1 đến 36500"),
    (
        {"lanes-key": ["0", "1"], "lanes-source": ["tin-tinh"] * 2, "lanes-most": ["", ""], "lanes-days": ["", ""]},
        "lanes-source-1-wrong",
        "đã có ở một dòng trên",
    ),
    (
        {"days-key": ["0"], "days-theme": ["mourning"], "days-first": ["2026-12-03"], "days-last": ["2026-12-01"]},
        "days-last-0-wrong",
        "trước ngày đầu",
    ),
    (
        {"days-key": ["0"], "days-theme": [""], "days-first": ["2026-12-03"], "days-last": [""]},
        "days-theme-0-wrong",
        "",
    ),
    ({"distance": ""}, "distance-wrong", "Cần cả đường chéo"),
    ({"diagonal": ""}, "diagonal-wrong", "Cần cả đường chéo"),
    ({"diagonal": "to"}, "diagonal-wrong", "là một số"),
    ({"diagonal": "1"}, "diagonal-wrong", "từ 6 đến 2000"),
    ({"upper_share": "101"}, "upper_share-wrong", "từ 0 đến 100"),
    ({"side": "y", "layout": "portrait"}, "side-wrong", "không có chỗ"),
    ({"point": "chợ"}, "point-wrong", "Không hiểu vị trí"),
    ({"point": "95, 106"}, "point-wrong", "Vĩ độ 95"),
    ({"slug": "Nhà"}, "slug-wrong", "không dấu"),
    ({"name": ""}, "name-wrong", "chưa có gì"),
]


@pytest.mark.parametrize(("change", "at", "said"), WRONG, ids=[f"{at}-{n}" for n, (_, at, _) in enumerate(WRONG)])
def test_an_invalid_value_is_reported_at_its_field(office: Office, change: Sent, at: str, said: str) -> None:
    answer = office.browser(KEEPER).post("/desk/screens/boards/new", {**FORM, **change})
    assert answer.status_code == 422
    assert f'aria-describedby="{at}"' in answer.text.replace("-help upper", "") or f" {at}" in answer.text
    assert said in answer.text.split(f'id="{at}"')[1].split("</p>")[0]
    assert "nha-van-hoa" not in [one.slug for one in boards.all(office.db)]


def test_too_many_rows_are_refused_and_none_is_cut(office: Office) -> None:
    many = [cast.source(f"n{n}", name=f"N{n}") for n in range(62)]
    lanes = tuple(Lane(one.slug) for one in many)
    crowded = replace(HOI_TRUONG, lanes=lanes)  # config.toml may give a board more lanes than the form allows
    sources.seed(office.db, areas=AREAS, sources=[*SOURCES, *many], boards=[crowded, BOARD_MINH_TAN], now=NOW)
    keeper = office.browser(KEEPER)
    sent = as_sent(keeper.get(f"/desk/screens/boards/{HALL}").text)
    answer = keeper.post(f"/desk/screens/boards/{HALL}", {**sent, "name": ["Tên mới"]})
    assert answer.status_code == 422
    assert "Nhiều nhất 60 dòng ở mỗi mục; hãy bỏ 2 dòng." in answer.text
    assert len(lanes_in(answer.text)) == 62
    assert boards.get(office.db, HALL).lanes == lanes


def lanes_in(page: str) -> list[str]:
    return list(as_sent(page).get("lanes-source", []))


def test_row_buttons_work_without_javascript_and_save_nothing(office: Office) -> None:
    keeper, path = office.browser(KEEPER), f"/desk/screens/boards/{HERE}"
    sent = as_sent(keeper.get(path).text)
    assert lanes_in(keeper.get(path).text) == ["tin-xa", "tin-tinh"]

    def press(button: str) -> list[str]:
        answer = keeper.post(path, {**sent, "name": "Đang gõ", "do": button})
        assert answer.status_code == 200
        assert "Đang gõ" in answer.text
        return lanes_in(answer.text)

    assert press("lanes-down-0") == press("lanes-up-1") == ["tin-tinh", "tin-xa"]
    assert press("lanes-up-0") == press("lanes-down-1") == press("lanes-up-9") == ["tin-xa", "tin-tinh"]
    assert press("lanes-drop-0") == ["tin-tinh"]
    assert press("lanes-add") == ["tin-xa", "tin-tinh", ""]
    assert boards.get(office.db, HERE) == BOARD_MINH_TAN


def test_rows_are_saved_in_the_order_of_the_page(office: Office) -> None:
    keeper, path = office.browser(KEEPER), f"/desk/screens/boards/{HERE}"
    sent = as_sent(keeper.get(path).text)
    dragged = {name: value[::-1] if name.startswith("lanes-") else value for name, value in sent.items()}
    assert keeper.post(path, dragged).status_code == 303
    assert boards.get(office.db, HERE).lanes == BOARD_MINH_TAN.lanes[::-1]


def test_the_preview_draws_the_described_board_and_stores_nothing(office: Office) -> None:
    keeper, path = office.browser(KEEPER), f"/desk/screens/boards/new/preview?board={HALL}"
    sent = as_sent(keeper.get(f"/desk/screens/boards/{HALL}").text)
    plain = keeper.post(path, sent).text
    assert "data-side" not in plain
    more = {
        **sent,
        "side": "y",
        "ticker": "y",
        "theme": "mourning",
        "diagonal": "55",
        "distance": "5",
        "name": "Sảnh",
    }
    drawn = keeper.post(path, more).text
    for said in ("data-side", "data-ticker", "data-theme=&#34;mourning&#34;", "data-size=&#34;L&#34;", "Sảnh"):
        assert said in drawn, said
    assert "Cỡ chữ L" in drawn
    assert boards.get(office.db, HALL) == HOI_TRUONG


def test_days_for_all_boards_are_added_in_the_area_and_below(office: Office) -> None:
    days = {"days-key": ["0"], "days-theme": ["mourning"], "days-first": ["2026-12-01"], "days-last": ["2026-12-01"]}
    keeper = office.browser(KEEPER)
    sent = {**as_sent(keeper.get(f"/desk/screens/boards/{HALL}").text), **days}
    keeper.post(f"/desk/screens/boards/{HALL}", sent)
    assert boards.get(office.db, HERE).days == ()
    keeper.post(f"/desk/screens/boards/{HALL}", {**sent, "everywhere": "y"})
    mourning = (ThemeDays("mourning", date(2026, 12, 1), date(2026, 12, 1)),)
    assert {boards.get(office.db, slug).days for slug in (HALL, HERE, THERE)} == {mourning}
    renamed = replace(BOARD_MINH_TAN, name="Tên trong tệp")
    sources.seed(office.db, areas=AREAS, sources=SOURCES, boards=(HOI_TRUONG, renamed, PHO_DONG_HAI), now=NOW)
    assert boards.get(office.db, HERE) == replace(renamed, days=mourning)


def test_a_keeper_of_a_commune_adds_days_only_in_the_commune(office: Office) -> None:
    days = {"days-key": ["0"], "days-theme": ["mourning"], "days-first": ["2026-12-01"], "days-last": ["2026-12-01"]}
    keeper = commune_keeper(office)
    sent = {**as_sent(keeper.get(f"/desk/screens/boards/{HERE}").text), **days, "everywhere": "y"}
    assert keeper.post(f"/desk/screens/boards/{HERE}", sent).status_code == 303
    assert boards.get(office.db, HERE).days
    assert {boards.get(office.db, slug).days for slug in (HALL, THERE)} == {()}


def test_days_of_the_configuration_are_shown(office: Office) -> None:
    fixed = ThemeSection(theme="mourning", first=date(2026, 12, 1), last=date(2026, 12, 3), boards=(HALL,))
    office.config = Config(people=PeopleSection(second_factor=False), themes=(fixed,))
    keeper = office.browser(KEEPER)
    assert "01/12/2026" in keeper.get(f"/desk/screens/boards/{HALL}").text
    assert "01/12/2026" not in keeper.get(f"/desk/screens/boards/{HERE}").text


def test_a_keeper_of_a_commune_cannot_make_a_board_elsewhere(office: Office) -> None:
    keeper = commune_keeper(office)
    for path in ("new", HERE, "new/preview", f"new/preview?board={HERE}"):
        answer = keeper.post(f"/desk/screens/boards/{path}", {**FORM, "area": "xa-dong-hai"})
        assert answer.status_code in (403, 422), path
    assert keeper.post(f"/desk/screens/boards/{THERE}", {**FORM, "area": "xa-minh-tan"}).status_code == 403
    assert keeper.post(f"/desk/screens/boards/new/preview?board={THERE}", FORM).status_code == 403
    assert boards.get(office.db, HERE) == BOARD_MINH_TAN


def test_a_source_of_another_area_is_neither_shown_nor_accepted(office: Office) -> None:
    foreign = cast.source("tin-dong-hai", name="Tin của xã khác", area="xa-dong-hai")
    sources.save(office.db, foreign, actor="k", now=NOW)
    keeper = commune_keeper(office)
    assert "Tin của xã khác" not in keeper.get(f"/desk/screens/boards/{HERE}").text
    answer = keeper.post(f"/desk/screens/boards/{HERE}", {**FORM, "lanes-source": ["tin-dong-hai"]})
    assert answer.status_code == 422
    assert "Không có nguồn tin này" in answer.text


def test_a_new_board_gets_its_address_from_its_name(office: Office) -> None:
    keeper = office.browser(KEEPER)
    for area in ("xa-minh-tan", "xa-dong-hai"):
        keeper.post("/desk/screens/boards/new", {**FORM, "slug": "", "area": area})
    made = {one.slug: one.area for one in boards.all(office.db) if one.name == FORM["name"]}
    assert made == {"nha-van-hoa-thon-dong": "xa-minh-tan", "nha-van-hoa-thon-dong-2": "xa-dong-hai"}


def test_two_boards_of_one_area_never_have_one_name(office: Office) -> None:
    keeper = office.browser(KEEPER)
    for slug in ("", "moi"):
        answer = keeper.post("/desk/screens/boards/new", {**FORM, "slug": slug, "name": BOARD_MINH_TAN.name.upper()})
        assert answer.status_code == 422
        assert "đã có bảng tin tên như vậy" in answer.text
    assert len(boards.all(office.db)) == len(cast.BOARDS)


def test_a_browser_in_english_drops_no_comma_from_a_number(office: Office) -> None:
    page = office.browser(KEEPER).get("/desk/screens/boards/new").text
    for name in ("diagonal", "distance", "upper_share"):
        (field,) = (one for one in re.findall(r"<input[^>]*>", page) if f' name="{name}"' in one)
        assert ' type="text"' in field
        assert ' inputmode="decimal"' in field


def test_the_list_of_zones_begins_with_vietnam(office: Office) -> None:
    keeper = office.browser(KEEPER)
    offered = keeper.get("/desk/screens/boards/new").text.split('name="zone"')[1].split("</select>")[0]
    assert offered.split("<option")[1].endswith(">Việt Nam (UTC+7)</option>")
    keeper.post("/desk/screens/boards/new", {**FORM, "zone": "Asia/Vientiane"})
    assert boards.get(office.db, FORM["slug"]).zone == "Asia/Vientiane"
    assert keeper.post(f"/desk/screens/boards/{FORM['slug']}", {**FORM, "zone": "Asia/Hue"}).status_code == 422
    assert boards.get(office.db, FORM["slug"]).zone == "Asia/Vientiane"


def test_a_keeper_gives_a_board_no_lane_that_airs_unread_without_its_editors(office: Office) -> None:
    sources.save(office.db, replace(SOURCES[1], trust="auto"), actor=KEEPER.slug, now=NOW)
    sent = FORM | {"area": "xa-dong-hai", "lanes-source": [SOURCES[1].slug]}
    keeper = office.browser(KEEPER)
    refused = keeper.post("/desk/screens/boards/new", sent)
    assert (refused.status_code, "không ai đọc trước" in refused.text) == (422, True)
    assert keeper.post("/desk/screens/boards/new", sent | {"area": "xa-minh-tan"}).status_code == 303
    moved = keeper.post(f"/desk/screens/boards/{FORM['slug']}", sent)
    assert moved.status_code == 422, "nor by moving the board"
    sources.save(office.db, SOURCES[1], actor=KEEPER.slug, now=NOW)
    assert keeper.post(f"/desk/screens/boards/{FORM['slug']}", sent).status_code == 303
