"""What those who read with other senses find on the glass: axe-core has nothing to say, in every theme and size."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from server.core.model import Format
from tests.web.cases import ROOT, Case, cases, page, with_clock
from tests.web.look import View, who_class
from tests.web.shots import CHROMIUM
from tests.web.site import site

pytestmark = pytest.mark.browser

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
VIEWS = [
    View(1920, 1080, Format("landscape", "S"), "public"),
    View(1080, 1920, Format("portrait", "S")),
    View(3840, 2160, Format("landscape", "L", side=True, ticker=True)),
    View(1280, 1024, Format("classic", "S")),
    View(192, 96, Format("landscape", "LED")),
]
THEMES = ("province", "commune", "contrast", "mourning")
# One of each template: what axe looks at does not depend on how long a title is.
NAMES = (
    "story-usual-1",
    "story-table-1",
    "story-wide-table-1",
    "announcement-markdown-1",
    "announcement-linked-1",
    "announcement-pictures-usual-1",
    "announcement-pdf-usual-1",
    "announcement-video-usual-1",
    "announcement-link-usual-1",
    "announcement-contact-usual-1",
    "notice-urgent-1",
    "notice-exercise-1",
    "notice-priority-1",
    "notice-risk-3-1",
    "calm-empty-1",
)
PUT = """async ({ html, urgent, area, who }) => {
  const layer = document.querySelector(".layer");
  layer.setAttribute("aria-hidden", "false");
  layer.style.transition = "none";
  document.querySelector("#notices").hidden = !urgent;
  document.querySelector("#notices").innerHTML = urgent ? `<section data-notice="1">${html}</section>` : "";
  document.querySelector("#stage").inert = urgent;
  layer.innerHTML = urgent ? "" : html;
  await document.fonts.ready;
  const { violations } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with site({f"/{view.name}": page(chosen(view)[0], viewer=view.viewer) for view in VIEWS}) as root:
        yield root


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=CHROMIUM)
        yield made
        made.close()


def chosen(view: View) -> list[Case]:
    return [case for case in cases(view.format) if case.name in NAMES]


def violations(tab: Page, case: Case) -> list[str]:
    given = {"html": with_clock(case.slide.html), "urgent": case.urgent, "area": case.area, "who": who_class(case)}
    found: list[str] = tab.evaluate(PUT, given)
    return [f"{case.name}: {one}" for one in found]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_axe_finds_nothing(browser: Browser, address: str, view: View) -> None:
    tab = browser.new_page(viewport={"width": view.across, "height": view.down})
    tab.goto(f"{address}/{view.name}")
    tab.evaluate(AXE)
    found = []
    for number, case in enumerate(chosen(view)):
        # Themes change colours alone: each template is looked at in one of them, each theme on several templates.
        theme = THEMES[number % len(THEMES)]
        tab.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        found += violations(tab, case)
    tab.close()
    assert found == []


def test_axe_finds_a_picture_without_words(browser: Browser, address: str) -> None:
    view = VIEWS[0]
    tab = browser.new_page(viewport={"width": view.across, "height": view.down})
    tab.goto(f"{address}/{view.name}")
    tab.evaluate(AXE)
    (case,) = (case for case in chosen(view) if case.name == "story-usual-1")
    html = case.slide.html.replace(" alt=", " data-alt=")
    found = tab.evaluate(PUT, {"html": html, "urgent": False, "area": "", "who": ""})
    tab.close()
    assert any(one.startswith("image-alt") for one in found)
