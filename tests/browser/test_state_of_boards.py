"""Boards show what editors set: priority notices, safe mode, dark mode and windows of announcements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from server.core.model import Mode
from server.core.times import to_ms
from server.store.boards import boards
from server.store.notices import notices
from tests.browser.glass import VISIBLE, Glass
from tests.station import ACTOR, Station, until

pytestmark = pytest.mark.browser
NEAR = 4_000  # ms: two seconds by the rule, and two more for a late scheduler on a busy machine
Look = Callable[[Station, str], Glass]


def test_a_priority_notice_is_a_banner_and_the_next_slide(province: Station, look: Look) -> None:
    board = "bang-uu-tien"
    for title in ("Tin thứ nhất", "Tin thứ hai", "Tin thứ ba", "Tin thứ tư"):
        province.announce(board, title, province.now(board))
    glass = look(province, board)
    glass.flips(1)
    now = province.now(board)
    posted = province.push(board, "Gió giật mạnh chiều nay", now, level="priority")
    glass.wait_for('#banner :text("Gió giật mạnh chiều nay")')
    digest = until(lambda: province.hash_of(board, posted.headline), "the notice is in the lap")
    # A slide that was due in less than two seconds is shown first, then the notice.
    first, second = glass.flips(2, since=to_ms(now))[:2]
    assert digest in (first.hash, second.hash)
    assert first.hash == digest or first.at - to_ms(now) < NEAR
    notices.clear(province.store, posted.id, actor=ACTOR, now=province.now(board))
    glass.wait_for("#banner", gone=True)


def test_safe_comes_before_urgent_and_urgent_before_dark(province: Station, look: Look) -> None:
    board = "bang-che-do"
    province.announce(board, "Tin thường", province.now(board))
    glass = look(province, board)
    glass.wait_for_slide("Tin thường")

    def set_mode(mode: Mode) -> None:
        boards.set_mode(province.store, board, mode, actor=ACTOR, now=province.now(board))

    set_mode("dark")
    glass.wait_for('#curtain[data-kind="dark"]')
    assert glass.page.locator(VISIBLE).count() == 0
    posted = province.push(board, "Cháy lớn", province.now(board))
    glass.wait_for(f'[data-notice="{posted.id}"] :text("Cháy lớn")')
    set_mode("safe")
    glass.wait_for('#curtain[data-kind="safe"]')
    glass.wait_for("[data-notice]", gone=True)
    assert f"Bảng {board}" in glass.page.locator("#curtain").inner_text()
    set_mode("on")
    glass.wait_for(f'[data-notice="{posted.id}"]')
    notices.clear(province.store, posted.id, actor=ACTOR, now=province.now(board))
    glass.wait_for_slide("Tin thường")
    assert glass.page.locator("#curtain").is_hidden()


def test_an_announcement_keeps_its_window_on_a_connected_screen(province: Station, look: Look) -> None:
    board = "bang-cua-so"
    now = province.now(board)
    opens, closes = now + timedelta(seconds=2), now + timedelta(seconds=22)
    for title in ("Tin luôn có", "Tin khác nữa"):
        province.announce(board, title, now)
    province.announce(board, "Tin có hạn", now, start=opens, end=closes)
    glass = look(province, board)
    digest = until(lambda: province.hash_of(board, "Tin có hạn"), "what opens soon is in the lap")
    glass.wait_for_slide("Tin có hạn")
    glass.flips(2, since=to_ms(closes))
    turns = [flip.at for flip in glass.flips() if flip.hash == digest]
    assert turns
    assert all(to_ms(opens) <= at and at + 6_000 <= to_ms(closes) for at in turns)
