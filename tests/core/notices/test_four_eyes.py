"""Two people for an urgent notice: the one who signs never is the one who sends, but for a broken glass."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from server.core.model import Notice
from server.core.notices.four_eyes import BREAK_GLASS_AFTER, SecondNeeded, alone_in, check_send
from tests import cast
from tests.cast import EDITOR, NOW, SECOND_EDITOR

DRAFT: Notice = cast.notice(state="drafted")
SIGNED: Notice = replace(DRAFT, signed_by=EDITOR.slug, signed_at=NOW)
TIME = NOW + BREAK_GLASS_AFTER
ALMOST = TIME - timedelta(milliseconds=1)


def test_where_one_is_enough_nobody_waits() -> None:
    check_send(DRAFT, EDITOR.slug, NOW, four_eyes=False, break_glass=False)


def test_a_second_editor_sends_at_once() -> None:
    check_send(SIGNED, SECOND_EDITOR.slug, NOW, four_eyes=True, break_glass=False)


@pytest.mark.parametrize("break_glass", [False, True])
def test_what_nobody_signed_is_sent_by_nobody(break_glass: bool) -> None:
    with pytest.raises(SecondNeeded, match="ký trước"):
        check_send(DRAFT, EDITOR.slug, NOW, four_eyes=True, break_glass=break_glass)
    assert alone_in(DRAFT, NOW) is None


def test_alone_is_never_by_mistake() -> None:
    with pytest.raises(SecondNeeded):
        check_send(SIGNED, EDITOR.slug, TIME, four_eyes=True, break_glass=False)


def test_alone_is_after_thirty_seconds_and_not_before() -> None:
    with pytest.raises(SecondNeeded, match="1 giây"):
        check_send(SIGNED, EDITOR.slug, ALMOST, four_eyes=True, break_glass=True)
    assert alone_in(SIGNED, ALMOST) == timedelta(milliseconds=1)
    check_send(SIGNED, EDITOR.slug, TIME, four_eyes=True, break_glass=True)
    assert alone_in(SIGNED, TIME) == timedelta(0)
