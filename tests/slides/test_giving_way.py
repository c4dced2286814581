"""What an urgent notice gives up for space: badge and print lines first, then the headline's size, never the band."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from server.core.model import Format
from server.core.typesetting.formats import scale
from server.slides.kinds.notice import count_pages, fixed_texts
from server.slides.kinds.notice import fixture as notices
from server.slides.kinds.notice.arrange import USUAL
from server.slides.kinds.notice.frames import frames
from server.slides.specimens import ZONE
from tests.slides.test_notice import FRAMED, HEADLINES, drawn

LONGER = (*HEADLINES, notices.URGENT.headline, notices.LONG.headline)


def sizes(html: str, part: str) -> list[int]:
    return [int(size) for size in re.findall(rf'class="{part} z-(\d+)', html)]


@pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)
@pytest.mark.parametrize("exercise", [False, True])
def test_with_each_step_badge_and_print_lines_leave_more_space_and_the_drill_s_band_stays(
    exercise: bool, format: Format
) -> None:
    texts = fixed_texts(notices.URGENT, ZONE)
    tried = list(frames(format, texts, urgent=True, exercise=exercise))
    for form in ("band", "column"):
        steps = [frame for frame in tried if frame.form == form]
        for before, after in pairwise(steps):
            for part in ("tag", "hazard", "sender", "issued"):
                assert getattr(after, part) <= getattr(before, part), part
            assert after.field.height >= before.field.height
    assert len({frame.exercise for frame in tried}) == 1
    assert (tried[0].exercise > 0) is exercise


@pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)
def test_the_drill_s_band_is_the_same_however_long_the_headline_is(format: Format) -> None:
    found = {
        size
        for headline in LONGER
        for size in sizes(drawn(replace(notices.EXERCISE, headline=headline), format).html, "exercise")
    }
    assert len(found) == 1
    assert found.pop() >= scale(format).kicker


@pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)
def test_a_headline_is_split_only_when_badge_and_print_lines_have_given_way(format: Format) -> None:
    for headline in LONGER:
        notice = replace(notices.EXERCISE, headline=headline)
        if not count_pages(notice, ZONE, format).whole:
            html = drawn(notice, format).html
            assert 'class="issued' not in html
            if "column" not in html:
                assert 'class="danger' not in html
                assert sizes(html, "tag") == [scale(format).kicker]


def test_the_badge_gives_way_before_the_headline_becomes_smaller_than_usual() -> None:
    format = Format("portrait", "M")
    short, usual = (
        drawn(replace(notices.URGENT, headline=headline), format).html for headline in ("Vỡ đê", HEADLINES[0])
    )
    assert sizes(short, "tag")[0] > scale(format).kicker
    assert sizes(usual, "tag") == [scale(format).kicker]
    assert sizes(usual, "headline")[0] >= USUAL * scale(format).urgent
