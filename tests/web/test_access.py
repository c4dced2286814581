"""Accessibility of the slides: axe-core finds no violation, in every theme and size.

The page is the one that the desk serves to an editor in the gallery. It is opened once for each size, and the slides
are inserted into it as a screen inserts them; that each opens at its address is tested in tests/desk/gallery.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from server.slides.specimens import THEMES, VIEWS, specimens
from tests.cast import EDITOR
from tests.desk.looks import AXE, context, served
from tests.desk.office import Office, office_on, template
from tests.slow import slow_unless
from tests.web.geometry import NAMES
from tests.web.look import INSERT, insertable

pytestmark = pytest.mark.browser

SEEN = ("1920x1080", "1080x1920", "3840x2160", "1280x1024", "192x96", "390x844", "1920x1080-side")
RULES = """async () => {
  await document.fonts.ready;
  const { violations } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = office_on(template(tmp_path_factory.mktemp("template")), tmp_path_factory.mktemp("office"))
    yield made
    made.db.close()


@pytest.fixture(scope="module")
def address(office: Office) -> Iterator[str]:
    with served(office) as root:
        yield root


def opened(browser: Browser, office: Office, address: str, view: str) -> Page:
    """A browser page of the view's size, signed in as the editor."""
    across, down = VIEWS[view].across, VIEWS[view].down
    return context(browser, office, address, EDITOR, viewport={"width": across, "height": down}).new_page()


@pytest.mark.parametrize("view", slow_unless(SEEN[:2], SEEN))
def test_axe_finds_nothing(browser: Browser, office: Office, address: str, view: str) -> None:
    # The length of a title makes no difference to axe-core, so one slide of each template is enough.
    chosen = [one for one in specimens(VIEWS[view].format) if one.name in NAMES]
    tab = opened(browser, office, address, view)
    answer = tab.goto(f"/glass/gallery/{chosen[0].name}?view={view}")
    assert answer is not None
    assert answer.status == 200
    tab.evaluate(AXE)
    found = []
    for number, one in enumerate(chosen):
        # Themes differ only in colours, so each template is checked in one theme, and each theme on several
        # templates.
        tab.evaluate(INSERT, insertable(one, theme=THEMES[number % len(THEMES)]))
        shown = "[data-notice] .slide" if one.urgent else 'main#stage [aria-hidden="false"] .slide'
        assert tab.locator(shown).is_visible(), one.name
        found += [f"{one.name}: {said}" for said in tab.evaluate(RULES)]
    tab.context.close()
    assert len(chosen) > len(THEMES)
    assert found == []


def test_axe_finds_a_picture_without_words(browser: Browser, office: Office, address: str) -> None:
    tab = opened(browser, office, address, "1920x1080")
    tab.goto("/glass/gallery/story-usual-1")
    tab.evaluate("document.querySelector('.picture img').removeAttribute('alt')")
    tab.evaluate(AXE)
    found = tab.evaluate(RULES)
    tab.context.close()
    assert any(one.startswith("image-alt") for one in found)
