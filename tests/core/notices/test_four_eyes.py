"""Four eyes: a second editor sends a signed notice at once; the editor who signed it must wait thirty seconds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from server.core.model import Notice
from server.core.notices.four_eyes import BREAK_GLASS_AFTER, SecondNeeded, check_send, time_until_alone
from tests import cast
from tests.cast import EDITOR, NOW, SECOND_EDITOR

DRAFT: Notice = cast.notice(state="drafted")
SIGNED: Notice = replace(DRAFT, signed_by=EDITOR.slug, signed_at=NOW)
TIME = NOW + BREAK_GLASS_AFTER
ALMOST = TIME - timedelta(milliseconds=1)


def test_without_four_eyes_nobody_waits() -> None:
    check_send(DRAFT, EDITOR.slug, NOW, four_eyes=False, break_glass=False)


def test_a_second_editor_sends_at_once() -> None:
    check_send(SIGNED, SECOND_EDITOR.slug, NOW, four_eyes=True, break_glass=False)


@pytest.mark.parametrize("break_glass", [False, True])
def test_an_unsigned_notice_cannot_be_sent(break_glass: bool) -> None:
    with pytest.raises(SecondNeeded, match="ký trước"):
        check_send(DRAFT, EDITOR.slug, NOW, four_eyes=True, break_glass=break_glass)
    assert time_until_alone(DRAFT, NOW) is None


def test_sending_alone_must_be_explicit() -> None:
    with pytest.raises(SecondNeeded):
        check_send(SIGNED, EDITOR.slug, TIME, four_eyes=True, break_glass=False)


def test_sending_alone_is_possible_only_after_thirty_seconds() -> None:
    with pytest.raises(SecondNeeded, match="1 giây"):
        check_send(SIGNED, EDITOR.slug, ALMOST, four_eyes=True, break_glass=True)
    assert time_until_alone(SIGNED, ALMOST) == timedelta(milliseconds=1)
    check_send(SIGNED, EDITOR.slug, TIME, four_eyes=True, break_glass=True)
    assert time_until_alone(SIGNED, TIME) == timedelta(0)
