"""The risk levels of QĐ 18/2021/QĐ-TTg: from one parameter only, readable in every colour."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from server.core.alerts.risk import RISKS, contrast, risk_of, text_on
from tests.core.alerts.documents import LIVE, info
from tests.paths import ROOT

NAMED = replace(LIVE, risk_parameter="Cấp độ rủi ro")


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("3", 3), ("cấp 4", 4), ("Cấp độ 1", 1), (" 5 ", 5),
        ("0", None), ("6", None), ("10", None), ("2-3", None), ("", None), ("đỏ", None), ("1.5", None),
    ],
)  # fmt: skip
def test_the_level_is_the_one_number_of_the_named_parameter(value: str, level: int | None) -> None:
    found = risk_of(info(parameters=(("cấp độ rủi ro ", value),)), NAMED)
    assert (found.level if found else None) == level


def test_the_level_never_comes_from_the_severity_or_another_parameter() -> None:
    one = info(severity="Extreme", parameters=(("awareness_level", "4"), ("Cấp độ rủi ro khác", "4")))
    assert risk_of(one, NAMED) is None
    assert risk_of(info(parameters=(("Cấp độ rủi ro", "4"),)), LIVE) is None, "the source names no parameter"


def test_two_levels_are_no_level() -> None:
    two = (("Cấp độ rủi ro", "3"), ("Cấp độ rủi ro", "4"))
    assert risk_of(info(parameters=two), NAMED) is None


def test_every_colour_is_readable_at_seven_to_one() -> None:
    assert [one.level for one in RISKS] == [1, 2, 3, 4, 5]
    assert [one.name for one in RISKS] == ["xanh dương nhạt", "vàng nhạt", "da cam", "đỏ", "tím"]
    assert all(contrast(one.background, one.text) >= 7 for one in RISKS)


def test_the_colours_are_those_of_the_screens() -> None:
    sheet = (ROOT / "display/css/tokens.css").read_text(encoding="utf-8")
    assert re.findall(r"--risk-\d: (#\w+);", sheet) == [one.background for one in RISKS]


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    with pytest.raises(ValueError, match="no text is readable"):
        text_on("#808080")
