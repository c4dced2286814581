"""Which infos a board shows, by language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from server.core.alerts.document import Alert, AlertArea, Geocode, Info
from server.core.alerts.languages import (
    LanguagePages,
    chosen,
    in_one_language,
    language_of,
    languages_of,
    parallels_of,
    translations,
)
from tests.cast import HOUR, NOW
from tests.core.alerts.documents import LIVE, PROVINCE, alert, info

COAST = AlertArea("Ven biển", codes=(Geocode("ISO 3166-2", "VN-20"),))
VI, EN = info(language="vi-VN"), info(language="en-US", event="Storm", headline="Storm")
BOTH = alert(infos=(EN, VI))


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("vi", "vi"),
        ("vi-VN", "vi"),
        ("VI_vn", "vi"),
        ("en-GB", "en"),
        ("zh-HK", "zh-hant"),
        ("zh", "zh-hans"),
        ("", "en"),
    ],
)
def test_the_language_of_a_tag(tag: str, language: str) -> None:
    assert language_of(tag, LIVE) == language


def test_a_missing_language_is_that_of_the_source() -> None:
    assert language_of(" ", replace(LIVE, language="vi-VN")) == "vi"


def test_infos_are_grouped_by_language() -> None:
    assert languages_of(alert(infos=(VI, EN, replace(VI, language="vi"))), LIVE) == {"vi": (0, 2), "en": (1,)}


def test_a_board_shows_its_language_else_vietnamese_english_the_first() -> None:
    fr, de = info(language="fr"), info(language="de")
    assert chosen(BOTH, {0, 1}, "en", LIVE) == (LanguagePages("en", (0,)),)
    assert chosen(BOTH, {0, 1}, "fr", LIVE) == (LanguagePages("vi", (1,)),)
    assert chosen(alert(infos=(fr, EN)), {0, 1}, "vi", LIVE) == (LanguagePages("en", (1,)),)
    assert chosen(alert(infos=(de, fr)), {0, 1}, "vi", LIVE) == (LanguagePages("de", (0,)),)


def test_every_info_of_the_language_that_concerns_the_board_is_shown() -> None:
    three = alert(infos=(VI, EN, replace(VI, event="Mưa lớn"), replace(VI, areas=(COAST,))))
    assert chosen(three, {0, 1, 2}, "vi", LIVE) == (LanguagePages("vi", (0, 2)),)


def test_if_only_another_language_concerns_the_board_that_one_is_shown() -> None:
    assert chosen(BOTH, {0}, "vi", LIVE) == (LanguagePages("en", (0,)),)
    assert chosen(BOTH, set(), "vi", LIVE) == ()


def test_a_source_may_have_several_languages_shown_page_by_page() -> None:
    paged = replace(LIVE, languages=("vi", "en"))
    assert chosen(BOTH, {0, 1}, "en", paged) == (LanguagePages("vi", (1,)), LanguagePages("en", (0,)))
    assert chosen(BOTH, {0}, "vi", paged) == (LanguagePages("en", (0,)),)
    assert chosen(BOTH, {0, 1}, "vi", replace(LIVE, languages=("fr",))) == (LanguagePages("vi", (1,)),)


def test_parallels_go_by_place_where_each_language_has_equally_many() -> None:
    rain_vi, rain_en = info(event="Mưa"), info(language="en", event="Rain")
    four = alert(infos=(VI, rain_vi, EN, rain_en))
    assert parallels_of(four, 1, LIVE) == (rain_en,)
    assert parallels_of(four, 2, LIVE) == (VI,)


def test_otherwise_parallels_have_the_same_areas_and_onset() -> None:
    other = replace(EN, areas=(COAST,))
    named = replace(EN, areas=(replace(PROVINCE, description="Hung Yen Province"),))
    assert parallels_of(alert(infos=(VI, named, other)), 0, LIVE) == (named,)
    assert parallels_of(alert(infos=(VI, replace(named, onset=NOW), other)), 0, LIVE) == ()
    doubtful = alert(infos=(VI, replace(VI, event="Mưa"), named))
    assert parallels_of(doubtful, 0, LIVE) == (), "it may be the rain in English"


def document(identifier: str, one: Info, later: timedelta = 0 * HOUR) -> Alert:
    return replace(alert(identifier, infos=(one,)), sent=NOW + later)


FIXED_VI, FIXED_EN = replace(VI, effective=NOW), replace(EN, effective=NOW)


def shown(alerts: Sequence[Alert], language: str) -> list[str]:
    """The identifiers of what a board in that language shows."""
    return [one.identifier for group in translations(alerts) for one in in_one_language(group, language, LIVE)]


def test_of_a_document_for_each_language_only_the_board_s_is_shown() -> None:
    two = [document("a-vi", FIXED_VI), document("a-en", FIXED_EN, timedelta(seconds=3))]
    assert shown(two, "vi") == ["a-vi"]
    assert shown(two, "en") == ["a-en"]
    assert shown(two, "fr") == ["a-vi"]


@pytest.mark.parametrize(
    "other",
    [
        replace(document("b", FIXED_EN), sender="khac@example.vn"),
        document("b", replace(FIXED_EN, expires=NOW + 4 * HOUR)),
        document("b", replace(FIXED_EN, onset=NOW)),
        document("b", replace(FIXED_EN, areas=(COAST,))),
        document("b", replace(FIXED_EN, severity="Extreme")),
        document("b", replace(FIXED_EN, categories=("Fire",))),
        document("b", FIXED_VI),
    ],
    ids=["sender", "expires", "onset", "area", "severity", "category", "same language"],
)
def test_what_differs_in_anything_but_its_language_is_another_alert(other: Alert) -> None:
    assert shown((document("a", FIXED_VI), other), "vi") == ["a", "b"]


def test_where_one_language_has_fewer_documents_none_is_left_out() -> None:
    three = (
        document("bao-vi", FIXED_VI),
        document("mua-vi", replace(FIXED_VI, event="Mưa lớn")),
        document("bao-en", FIXED_EN),
    )
    assert shown(three, "vi") == ["bao-vi", "mua-vi"]
    assert shown(three, "en") == ["bao-vi", "mua-vi", "bao-en"], "which of the two is missing in English is unknown"
