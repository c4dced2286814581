"""The size class follows from the viewing distance, and the type sizes of every class are large enough for it."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.model import Format, Layout, Size
from server.core.typesetting.font_metrics import CAP_HEIGHT
from server.core.typesetting.formats import (
    SIZES,
    canvas,
    frame_heights,
    margins,
    reach,
    scale,
    size_class,
    stage,
    unit_millimetres,
)

layouts: st.SearchStrategy[Layout] = st.sampled_from(["landscape", "portrait", "classic"])
FORMATS = [Format(layout, size) for layout in get_args(Layout) for size in get_args(Size)]


@pytest.mark.parametrize(
    ("metres", "size"), [(1.0, "S"), (2.5, "S"), (3.5, "M"), (5.0, "L"), (7.0, "XL"), (12.0, "LED")]
)
def test_a_55_inch_panel_by_distance(metres: float, size: Size) -> None:
    assert size_class("landscape", 55, metres) == size


@given(layouts, st.floats(10, 200), st.floats(0.3, 40))
def test_capitals_have_six_millimetres_a_metre_and_the_frame_three(
    layout: Layout, inches: float, metres: float
) -> None:
    size = size_class(layout, inches, metres)
    if size == "LED":
        assert reach(layout, "XL", inches) < metres
        return
    unit, type_scale = unit_millimetres(layout, inches), scale(Format(layout, size))
    for smallest in (type_scale.text, type_scale.headline):
        assert smallest * CAP_HEIGHT * unit >= 6 * metres * 0.999
    assert min(type_scale.small, type_scale.kicker) * CAP_HEIGHT * unit >= 3 * metres * 0.999
    assert type_scale.urgent * CAP_HEIGHT * unit >= 10 * metres * 0.999


@given(layouts, st.floats(10, 200), st.floats(0.3, 10), st.floats(1, 3))
def test_farther_away_is_never_smaller(layout: Layout, inches: float, metres: float, times: float) -> None:
    order = [*SIZES, "LED"]
    near, far = size_class(layout, inches, metres), size_class(layout, inches, metres * times)
    assert order.index(near) <= order.index(far)


@pytest.mark.parametrize(("inches", "metres"), [(0, 3), (55, 0), (-1, 2)])
def test_lengths_must_be_positive(inches: float, metres: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        size_class("landscape", inches, metres)


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_the_frame_leaves_most_of_the_panel_to_the_slide(format: Format) -> None:
    panel, space = canvas(format), stage(format)
    top, bottom = frame_heights(format)
    assert space.width == panel.width
    assert space.height / panel.height > 0.63
    assert space.height + top + bottom == pytest.approx(panel.height, abs=1)


def test_an_led_module_has_three_lines_and_nothing_else() -> None:
    format = Format("landscape", "LED")
    assert frame_heights(format) == (0, 0)
    assert margins(format)[1] == 0
    assert stage(format).height / (scale(format).text * 1.6) == pytest.approx(3)
