"""The risk levels of QĐ 18/2021/QĐ-TTg: from one parameter only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.core.alerts.risk import risk_of
from tests.core.alerts.documents import LIVE, info

NAMED = replace(LIVE, risk_parameter="Cấp độ rủi ro")


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("3", 3), ("cấp 4", 4), ("Cấp độ 1", 1), (" 5 ", 5),
        ("0", 0), ("6", 0), ("10", 0), ("2-3", 0), ("", 0), ("đỏ", 0), ("1.5", 0),
    ],
)  # fmt: skip
def test_the_level_is_the_one_number_of_the_named_parameter(value: str, level: int) -> None:
    assert risk_of(info(parameters=(("cấp độ rủi ro ", value),)), NAMED) == level


def test_the_level_never_comes_from_the_severity_or_another_parameter() -> None:
    one = info(severity="Extreme", parameters=(("awareness_level", "4"), ("Cấp độ rủi ro khác", "4")))
    assert risk_of(one, NAMED) == 0
    assert risk_of(info(parameters=(("Cấp độ rủi ro", "4"),)), LIVE) == 0, "the source names no parameter"


def test_two_levels_are_no_level() -> None:
    two = (("Cấp độ rủi ro", "3"), ("Cấp độ rủi ro", "4"))
    assert risk_of(info(parameters=two), NAMED) == 0
