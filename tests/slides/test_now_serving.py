"""The slide of a hall's numbers: never below the floor of its type, still while digits change, short on LED."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from server.core.model import MOST_COUNTERS, Counter, Format, NowServing
from server.core.typesetting.formats import scale
from server.slides.kinds.now_serving import PAGE_MS, slide
from server.slides.kinds.now_serving.fixture import ITEMS, LONGEST, MANY, USUAL
from server.slides.kinds.now_serving.layout import layout
from server.slides.specimens import VIEWS

LARGE = [view.format for view in VIEWS.values() if view.format.size != "LED"]
LED = Format("landscape", "LED")


@pytest.mark.parametrize("format", LARGE, ids=lambda one: one.name)
@pytest.mark.parametrize("state", ITEMS.values(), ids=list(ITEMS))
def test_every_counter_is_on_some_page_in_type_above_the_floor(format: Format, state: NowServing) -> None:
    found = layout(state.counters, format)
    assert found.text >= scale(format).text
    assert found.number > found.text
    made = slide(state, format)
    assert re.findall(r'data-counter="([^"]+)"', made.html) == [one.name for one in state.counters]
    assert made.html.count("data-page") * PAGE_MS <= made.dwell


def test_four_counters_have_large_type_in_one_column_and_more_a_denser_table() -> None:
    few, many = (layout(MANY.counters[:count], Format()) for count in (4, 8))
    assert (few.columns, many.columns) == (1, 2)
    assert few.number > many.number


def test_the_layout_stays_while_digits_change() -> None:
    later = tuple(replace(one, number=one.number.replace("5", "9")) for one in USUAL.counters)
    assert layout(later, Format()) == layout(USUAL.counters, Format())


def test_a_module_of_diodes_shows_the_short_form_of_those_that_serve_somebody() -> None:
    html = slide(USUAL, LED).html
    assert re.findall(r'class="number">([^<]+)<.*?class="name">([^<]+)<', html) == [("A105", "1"), ("B031", "2")]
    assert "Hộ tịch" not in html
    assert slide(LONGEST, LED).html.count("data-page") == MOST_COUNTERS / 3


def test_texts_of_other_programs_are_escaped() -> None:
    html = slide(replace(USUAL, counters=(Counter("<b>", "<script>", "1", (), "<i>"),)), Format()).html
    assert "<script>" not in html
    assert "<i>" not in html
