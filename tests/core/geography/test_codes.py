"""Codes of areas are accepted in three shapes; the same code is kept once."""

from __future__ import annotations

import pytest

from server.core.geography.codes import ISO, MOST, NATIONAL, area_code, area_codes, split_code


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("VN-66", "VN-66"),
        (" vn-66 ", "VN-66"),
        ("VN", "VN"),
        ("33", "33"),
        ("12274", "12274"),
        ("CISORP : 7", "CISORP:7"),
    ],
)
def test_a_code_is_stored_in_one_form(text: str, stored: str) -> None:
    assert area_code(text) == stored


@pytest.mark.parametrize("text", ["", "Hưng Yên", "123", "VN66", "HY", ":7", "x:", "_:7", "1" * 81, "a:" + "1" * 80])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Không hiểu mã"):
        area_code(text)


@pytest.mark.parametrize(
    ("code", "pair"),
    [("VN", (ISO, "VN")), ("VN-66", (ISO, "VN-66")), ("12274", (NATIONAL, "12274")), ("x:y:1", ("x:y", "1"))],
)
def test_a_code_has_a_scheme_and_a_value(code: str, pair: tuple[str, str]) -> None:
    assert split_code(code) == pair


def test_lines_and_commas_separate_codes() -> None:
    assert area_codes("VN-66\n12274, 12277\n\nvn-66") == ("VN-66", "12274", "12277")
    assert area_codes(" \n") == ()
    with pytest.raises(ValueError, match=f"Nhiều nhất {MOST} mã"):
        area_codes("\n".join(str(10000 + number) for number in range(MOST + 1)))
