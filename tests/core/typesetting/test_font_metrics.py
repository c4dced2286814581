"""The committed character widths are those of the shipped font, and every Vietnamese letter has one."""

from __future__ import annotations

from unicodedata import normalize

import pytest

from server.core.typesetting.font_metrics import ADVANCES, CAP_HEIGHT
from tests.core.typesetting.font_table import TARGET, WEIGHTS, font, table

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


def test_the_committed_table_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == table()


@pytest.mark.parametrize("weight", WEIGHTS)
def test_every_vietnamese_letter_has_a_width(weight: int) -> None:
    known = "".join(ADVANCES[weight].values())
    letters = {normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES} | set(
        "bcdđghklmnpqrstvx0123456789"
    )
    assert not {letter for letter in letters | {x.upper() for x in letters} if letter not in known}


def test_the_cap_height_is_the_font_s() -> None:
    assert font(700)["OS/2"].sCapHeight / 1000 == CAP_HEIGHT
