"""Documents that say of themselves that they are tests."""

from __future__ import annotations

import unicodedata

import pytest

from server.core.alerts.drill_words import names_a_drill
from tests.core.alerts.documents import alert, info


@pytest.mark.parametrize(
    "words",
    [
        "RWT", "Required Monthly Test", "TEST - Thông báo", "Diễn tập phòng chống thiên tai", "BẢN TIN THỬ NGHIỆM",
        "Drill: tsunami", "Exercise Pacific Wave", "Simulacro nacional", "Exercice d’évacuation", "Probealarm",
        "Uji coba sirene", "津波避難訓練", "ทดสอบระบบ", "Учения МЧС",
    ],
)  # fmt: skip
def test_names_of_tests_in_many_languages_are_found(words: str) -> None:
    for text in (words, unicodedata.normalize("NFD", words)):
        assert names_a_drill(alert(infos=(info(event=text),)))
        assert names_a_drill(alert(infos=(info(headline=text),)))
        assert names_a_drill(alert(note=text))


@pytest.mark.parametrize(
    "words",
    ["Latest flood bulletin", "Protest in the city", "Exercise caution", "Exercise extreme caution", "Bão số 3"],
)
def test_other_words_are_not_taken_for_tests(words: str) -> None:
    assert not names_a_drill(alert(infos=(info(event=words, headline=words),)))


def test_in_long_texts_only_a_whole_sentence_counts() -> None:
    assert not names_a_drill(alert(infos=(info(description="Free tests for the virus are available."),)))
    assert names_a_drill(alert(infos=(info(description="This is only a test. No danger."),)))
    assert names_a_drill(alert(infos=(info(description="Đây là tin diễn tập."),)))


def test_codes_of_tests_count() -> None:
    assert names_a_drill(alert(infos=(info(parameters=(("SAME", " rwt "),)),)))
    assert not names_a_drill(alert(infos=(info(parameters=(("SAME", "TOR"),)),)))
