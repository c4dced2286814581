"""Languages: every text has an English translation; dates and numbers have the Vietnamese format."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from babel.messages.pofile import read_po
from flask import render_template_string

from server.desk import translations
from server.desk.translations.form_errors import VIETNAMESE
from tests.cast import OPERATOR
from tests.desk.office import Office

PLACE = re.compile(r"%\(\w+\)[sd]")


def test_every_text_has_an_english_translation() -> None:
    assert translations.missing() == []


def test_the_catalogue_has_no_unused_translations() -> None:
    said = {one if isinstance(one, str) else one[0] for one, _, _ in translations.messages()}
    kept = {str(one.id if isinstance(one.id, str) else one.id[0]) for one in translations.english() if one.id}
    assert kept <= said


def test_both_languages_have_the_same_placeholders() -> None:
    for one in translations.english():
        if isinstance(one.id, str) and one.id and one.string:
            assert set(PLACE.findall(one.id)) == set(PLACE.findall(str(one.string))), one.id


def test_translated_library_texts_exist_in_the_library() -> None:
    template = files("flask_security") / "translations/flask_security.pot"
    with template.open("rb") as file:
        known = {one.id for one in read_po(file)}
    with (translations.HERE / "vi/LC_MESSAGES/flask_security.po").open("rb") as file:
        ours = {one.id for one in read_po(file) if one.id}
    assert ours <= known


def test_the_chosen_language_is_kept(office: Office) -> None:
    browser = office.browser()
    assert "Đăng nhập bàn biên tập" in browser.get("/desk/login").text
    browser.post("/desk/language/en")
    page = browser.get("/desk/login").text
    assert '<html lang="en">' in page
    assert "Đăng nhập" not in page


def test_library_texts_are_in_vietnamese(office: Office) -> None:
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


def test_every_sentence_of_the_forms_library_is_vietnamese_too() -> None:
    with (files("wtforms") / "locale/wtforms.pot").open("rb") as file:
        ids = [one.id for one in read_po(file) if one.id]
    said = {sentence for one in ids for sentence in (one if isinstance(one, tuple) else (one,))}
    assert said <= set(VIETNAMESE)
    assert all(set(PLACE.findall(one)) == set(PLACE.findall(words)) for one, words in VIETNAMESE.items())
