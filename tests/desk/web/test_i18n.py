"""Two languages: whatever the desk says in Vietnamese it can say in English; dates and numbers the Vietnamese way."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from babel.messages.pofile import read_po
from flask import render_template_string

from server.desk import translations
from tests.cast import OPERATOR
from tests.desk.office import Office

PLACE = re.compile(r"%\(\w+\)[sd]")


def test_every_sentence_has_its_english() -> None:
    assert translations.missing() == []


def test_no_english_is_kept_for_what_is_not_said_any_more() -> None:
    said = {one if isinstance(one, str) else one[0] for one, _, _ in translations.messages()}
    kept = {str(one.id if isinstance(one.id, str) else one.id[0]) for one in translations.english() if one.id}
    assert kept <= said


def test_what_is_filled_in_is_filled_in_in_both_languages() -> None:
    for one in translations.english():
        if isinstance(one.id, str) and one.id and one.string:
            assert set(PLACE.findall(one.id)) == set(PLACE.findall(str(one.string))), one.id


def test_what_the_library_says_is_what_we_translate() -> None:
    template = files("flask_security") / "translations/flask_security.pot"
    with template.open("rb") as file:
        known = {one.id for one in read_po(file)}
    with (translations.HERE / "vi/LC_MESSAGES/flask_security.po").open("rb") as file:
        ours = {one.id for one in read_po(file) if one.id}
    assert ours <= known


def test_one_chooses_a_language_and_it_stays(office: Office) -> None:
    browser = office.browser()
    assert "Đăng nhập bàn biên tập" in browser.get("/desk/login").text
    browser.post("/desk/language/en")
    page = browser.get("/desk/login").text
    assert '<html lang="en">' in page
    assert "Đăng nhập" not in page


def test_a_library_that_speaks_english_speaks_vietnamese_here(office: Office) -> None:
    page = office.browser().post("/desk/login", {"email": OPERATOR.slug, "password": "x"}).text
    assert "Tên hoặc mật khẩu không đúng" in page


AT = datetime(2026, 3, 8, 17, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("{{ at|date }}", "09/03/2026"),
        ("{{ at|moment }}", "00:05 09/03/2026"),
        ("{{ at|clock }}", "00:05:09"),
        ("{{ 1234567|number }}", "1.234.567"),
        ("{{ 0.4|number }}", "0,4"),
    ],
)
def test_dates_and_numbers_are_written_the_vietnamese_way(office: Office, said: str, shown: str) -> None:
    with office.app.test_request_context("/desk/login"):
        assert render_template_string(said, at=AT) == shown
