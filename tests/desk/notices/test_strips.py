"""The strip on every page that reports a live urgent notice, and the boards on which nobody sees the notice."""

from __future__ import annotations

import re
from typing import Any

from server.core.screens.proof import NoticeReceipt
from server.core.screens.screens import Link
from server.store.boards import panics
from server.store.notices import notices
from server.store.screens import receipts, screens
from tests import cast
from tests.cast import BOARD_MINH_TAN, EDITOR, HOUR, KEEPER, MINUTE, NOW, OPERATOR, PHO_DONG_HAI
from tests.desk.notices.forms import WORDS, send
from tests.desk.notices.test_send import LOCAL, settle
from tests.desk.office import Browser, Office
from tests.store.screens.test_screens import paired


def strips_of(browser: Browser, path: str = "/desk/wall/") -> str:
    """The HTML of a page above its navigation bar, where the strips are."""
    return browser.get(path).text.partition('<header class="bar">')[0]


def post(office: Office, headline: str, *areas: str, **changes: Any) -> int:
    made = cast.notice(headline=headline, areas=areas or ("tinh",), **changes)
    return notices.post(office.db, made, actor=EDITOR.slug, now=NOW).id


def test_those_whose_areas_it_concerns_see_it_and_editors_of_all_its_areas_clear_it(office: Office) -> None:
    settle(office, LOCAL, "xa-dong-hai")
    id = post(office, "Vỡ đê <b>", "xa-minh-tan")
    clear = f"/desk/urgent/{id}/clear"
    for path in ("/desk/wall/", "/desk/queue/", "/desk/security/"):
        shown = strips_of(office.browser(EDITOR), path)
        assert "Vỡ đê &lt;b&gt;" in shown
        assert clear in shown
    operator, keeper = strips_of(office.browser(OPERATOR)), strips_of(office.browser(KEEPER))
    assert f"/desk/urgent/{id}" in operator
    assert "Vỡ đê" in keeper
    assert f"/desk/urgent/{id}" not in keeper, "a keeper may not open it"
    assert clear not in operator + keeper
    assert "Vỡ đê" not in strips_of(office.browser(LOCAL))
    assert office.browser(EDITOR).post(clear).status_code == 303
    assert office.browser(EDITOR).get("/desk/urgent/strips").text.strip() == ""


def test_it_counts_the_screens_that_show_it_now(office: Office) -> None:
    made = [paired(office.db, slug)[0].id for slug in (BOARD_MINH_TAN.slug, BOARD_MINH_TAN.slug, PHO_DONG_HAI.slug)]
    id, editor = post(office, "Vỡ đê"), office.browser(EDITOR)

    def tally() -> str:
        found = re.search(r"<b>(\d+/\d+)</b>", strips_of(editor))
        return found[1] if found else ""

    assert tally() == "0/3"
    shown = [NoticeReceipt(id, one, "shown", NOW) for one in made]
    receipts.save(office.db, [], shown, [Link(one, True, NOW) for one in made])
    assert tally() == "3/3"
    panics.begin(office.db, "xa-dong-hai", actor=EDITOR.slug, now=NOW)
    assert tally() == "2/3", "the safe page covers it"
    screens.revoke(office.db, made[0], actor=EDITOR.slug, now=NOW)
    assert tally() == "1/2"
    office.later(minutes=10)
    assert tally() == "0/2", "nobody has heard of them since"


def test_a_banner_has_no_strip_an_exercise_is_not_red_and_the_third_is_in_a_list(office: Office) -> None:
    post(office, "Dải chữ", level="priority")
    post(office, "Diễn tập lũ", exercise=True)
    post(office, "Bão", risk=4)
    two = strips_of(office.browser(EDITOR))
    assert "Dải chữ" not in two
    assert "tin khẩn khác" not in two
    assert two.index('class="strip"') < two.index("Bão") < two.index('class="strip drill"') < two.index("Diễn tập lũ")
    post(office, "Lũ quét", risk=5)
    post(office, "Mưa", risk=1)
    four = strips_of(office.browser(EDITOR))
    assert "và 2 tin khẩn khác" in four
    assert four.index("Lũ quét") < four.index("Bão") < four.index("strip-more") < four.index("Mưa")
    assert four.count("/clear") == 4, "all can be reached"


def test_boards_without_a_screen_are_named_before_sending_and_after(office: Office) -> None:
    editor = office.browser(EDITOR)
    lost, _ = paired(office.db, BOARD_MINH_TAN.slug)
    receipts.save(office.db, [], [], [Link(lost.id, False, NOW - HOUR)])
    form = {**WORDS, "areas": ["xa-minh-tan", "xa-dong-hai"]}

    def check() -> str:
        return editor.post("/desk/urgent/check", form).text

    id = send(editor, areas=form["areas"])
    for text in (check(), editor.get(f"/desk/urgent/{id}").text):
        said = re.sub(r"<[^>]+>|\s+", " ", text)
        assert re.search(rf"Chưa ghép màn hình nào:\s+{PHO_DONG_HAI.name}", said)
        assert re.search(rf"Không màn hình nào đang nối:\s+{BOARD_MINH_TAN.name}", said)
    receipts.save(office.db, [], [], [Link(lost.id, True, NOW + MINUTE)])
    assert "Không màn hình nào đang nối" not in check()
    panics.begin(office.db, "tinh", actor=EDITOR.slug, now=NOW)
    text = check()
    assert "Đang ở trang an toàn" in text
    assert "Chưa ghép màn hình nào" not in text, "each board is named once"
