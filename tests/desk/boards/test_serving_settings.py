"""A keeper chooses how a board shows the numbers of its hall, and the timeline says that it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from server.core.model import Counter
from server.store.boards import boards, now_serving
from tests.cast import BOARD_MINH_TAN, EDITOR, KEEPER, NOW
from tests.desk.boards.test_form import FORM
from tests.desk.office import Office


def test_the_settings_are_saved(office: Office) -> None:
    sent = {**FORM, "serving": "lap", "serving_every": "3", "chime": "y"}
    assert office.browser(KEEPER).post("/desk/screens/boards/new", sent).status_code == 303
    saved = boards.get(office.db, "nha-van-hoa")
    assert (saved.serving, saved.serving_every, saved.chime) == ("lap", 3, True)


def test_the_timeline_says_that_numbers_are_shown_and_since_when(office: Office) -> None:
    board = replace(BOARD_MINH_TAN, serving="always")
    boards.save(office.db, board, actor="lan", now=NOW)
    address = f"/desk/timeline/?board={board.slug}"
    editor = office.browser(EDITOR)
    assert "bảng số thứ tự" not in editor.get(address).text
    counters = (Counter("3", "Đất đai", "A105"),)
    now_serving.put(office.db, board.slug, counters, actor="token:1", now=NOW, fresh=timedelta(minutes=10))
    page = editor.get(address).text
    assert "Đang hiện bảng số thứ tự thay cho vòng chiếu, cập nhật lúc 07:30" in page
    assert "A105" in page
    office.later(minutes=11)
    assert "Đang hiện bảng số thứ tự" not in editor.get(address).text
