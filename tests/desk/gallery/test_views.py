"""The design gallery: for those who may look, by view, theme and kind, each slide on the very page of the glass."""

from __future__ import annotations

import re

import pytest

from server.desk.gallery.views import KIND_NAMES, THEME_NAMES
from server.setup.config_sections import ThemeSection
from server.slides.render import KINDS as ANNOUNCED
from server.slides.specimens import KINDS, THEMES, VIEWS, specimens
from tests.cast import OPERATOR
from tests.desk.office import Office

ADDRESS = "/glass/gallery"


def listed(office: Office, query: str) -> list[str]:
    """The names of the specimens that the overview shows, in its order."""
    answer = office.browser(OPERATOR).get(f"{ADDRESS}?{query}")
    assert answer.status_code == 200
    return re.findall(r'<iframe src="/glass/gallery/([\w-]+)\?', answer.text)


@pytest.mark.parametrize("path", [ADDRESS, f"{ADDRESS}/story-usual-1?view=192x96", f"{ADDRESS}/media/p1600x1067"])
def test_who_is_not_signed_in_is_shown_the_door(office: Office, path: str) -> None:
    answer = office.browser().get(path)
    assert (answer.status_code, "/desk/login" in answer.headers["Location"]) == (303, True)


@pytest.mark.parametrize("view", VIEWS)
def test_the_overview_of_a_view_names_every_specimen_of_its_format(office: Office, view: str) -> None:
    assert sorted(listed(office, f"view={view}")) == sorted(one.name for one in specimens(VIEWS[view].format))


def test_the_address_chooses_view_theme_and_kind(office: Office) -> None:
    names = listed(office, "view=1920x1080&theme=contrast&kind=table")
    assert names
    assert {name.partition("-")[0] for name in names} == {"table"}
    page = office.browser(OPERATOR).get(f"{ADDRESS}/{names[0]}?view=1080x1920&theme=contrast").text
    assert 'data-theme="contrast"' in page
    assert 'data-layout="portrait"' in page


def test_the_look_of_diodes_can_be_asked_for_as_a_theme(office: Office) -> None:
    page = office.browser(OPERATOR).get(f"{ADDRESS}/story-usual-1?view=1920x1080&theme=led").text
    assert 'data-size="LED"' in page


@pytest.mark.parametrize("query", ["view=8x8", "theme=neon", "kind=poem"])
def test_there_is_nothing_but_what_is_listed(office: Office, query: str) -> None:
    browser = office.browser(OPERATOR)
    assert browser.get(f"{ADDRESS}?{query}").status_code == 404
    assert browser.get(f"{ADDRESS}/story-usual-1?{query}").status_code == 404
    assert browser.get(f"{ADDRESS}/story-usual-99").status_code == 404


def test_a_slide_is_the_page_of_the_glass_without_its_program(office: Office) -> None:
    (one,) = (one for one in specimens(VIEWS["1920x1080"].format) if one.name == "pdf-usual-1")
    page = office.browser(OPERATOR).get(f"{ADDRESS}/{one.name}").text
    assert f'data-slide="{one.slide.hash}" aria-hidden="false"' in page
    assert "<script" not in page
    assert "/glass/media/" not in page


def test_every_picture_of_a_specimen_is_drawn_and_no_other(office: Office) -> None:
    browser = office.browser(OPERATOR)
    shown = {name for view in VIEWS.values() for one in specimens(view.format) for name in one.slide.media}
    assert shown
    for name in shown:
        answer = browser.get(f"{ADDRESS}/media/{name}")
        assert (answer.status_code, answer.data[:2]) == (200, b"\xff\xd8"), name
    assert browser.get(f"{ADDRESS}/media/p9999x9999").status_code == 404


def test_every_kind_theme_and_name_of_the_product_is_in_the_gallery() -> None:
    assert set(ANNOUNCED) - {"text"} <= set(KINDS)
    assert list(KIND_NAMES) == list(KINDS)
    assert [*THEMES, "led"] == list(THEME_NAMES)
    assert set(ThemeSection.model_fields["theme"].annotation.__args__) == set(THEMES)  # type: ignore[union-attr] # Literal
