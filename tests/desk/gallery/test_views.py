"""The design gallery: who may open it, choosing view, theme and kind, and each slide drawn on a board's page."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from server.desk.gallery.views import KIND_NAMES, THEME_NAMES
from server.setup.config_sections import ThemeSection
from server.slides.render import KINDS as ANNOUNCED
from server.slides.specimens import KINDS, THEMES, VIEWS, specimens
from tests.cast import OPERATOR
from tests.desk.office import Office

ADDRESS = "/glass/gallery"


def listed(office: Office, query: str) -> list[str]:
    """The names of the specimens (sample slides) on the overview page, in its order."""
    answer = office.browser(OPERATOR).get(f"{ADDRESS}?{query}")
    assert answer.status_code == 200
    return re.findall(r'<iframe src="/glass/gallery/([\w-]+)\?', answer.text)


@pytest.mark.parametrize("path", [ADDRESS, f"{ADDRESS}/story-usual-1?view=192x96", f"{ADDRESS}/media/p1600x1067"])
def test_without_a_sign_in_one_is_sent_to_the_login(office: Office, path: str) -> None:
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


def test_led_in_place_of_a_theme_chooses_a_led_view(office: Office) -> None:
    page = office.browser(OPERATOR).get(f"{ADDRESS}/story-usual-1?view=1920x1080&theme=led").text
    assert 'data-size="LED"' in page


@pytest.mark.parametrize("query", ["view=8x8", "theme=neon", "kind=poem"])
def test_unknown_choices_are_not_found(office: Office, query: str) -> None:
    browser = office.browser(OPERATOR)
    assert browser.get(f"{ADDRESS}?{query}").status_code == 404
    assert browser.get(f"{ADDRESS}/story-usual-1?{query}").status_code == 404
    assert browser.get(f"{ADDRESS}/story-usual-99").status_code == 404


def test_a_slide_is_on_the_page_of_a_board_without_scripts(office: Office) -> None:
    (one,) = (one for one in specimens(VIEWS["1920x1080"].format) if one.name == "pdf-usual-1")
    page = office.browser(OPERATOR).get(f"{ADDRESS}/{one.name}").text
    assert f'data-slide="{one.slide.hash}" aria-hidden="false"' in page
    assert "<script" not in page
    assert "/glass/media/" not in page


def test_only_the_pictures_of_specimens_are_drawn(office: Office) -> None:
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
    assert set(get_args(ThemeSection.model_fields["theme"].annotation)) == set(THEMES)
