"""No part of a slide has moved unintentionally: the current boxes are compared with tests/golden/geometry.json."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser

from server.slides.specimens import KINDS, VIEWS
from tests.web.geometry import FILE, NAMES, SIZES, Boxes, measured

pytestmark = pytest.mark.browser

GOLDEN: dict[str, dict[str, Boxes]] = json.loads(FILE.read_text(encoding="utf-8"))
# Versions of the browser round differently; a difference of 1/500 of the width, or of a pixel, is invisible.
HAIR = 1 / 500


def moved(view: str, today: dict[str, Boxes]) -> list[str]:
    """Describes every box of a view that has moved, appeared or disappeared, in one sentence each."""
    hair = max(1.0, VIEWS[view].across * HAIR)
    found = []
    for name in sorted({*today, *GOLDEN[view]}):
        old, new = GOLDEN[view].get(name, {}), today.get(name, {})
        found += [f"{name}: {part} came or went" for part in sorted({*old} ^ {*new})]
        found += [
            f"{name}: {part} was at {old[part]}, is at {new[part]}"
            for part in sorted({*old} & {*new})
            if any(abs(one - other) > hair for one, other in zip(old[part], new[part], strict=True))
        ]
    return found


@pytest.mark.parametrize("view", SIZES)
def test_everything_stands_where_it_stood(browser: Browser, view: str) -> None:
    assert moved(view, measured(browser, view)) == [], "meant? python -m tests.web.geometry"


@pytest.mark.parametrize(
    ("css", "part"),
    [(".kicker { margin-bottom: 20px }", "body"), (".figure .picture img { height: 90% }", "img")],
)
def test_what_moves_is_found(browser: Browser, css: str, part: str) -> None:
    assert any(f": {part} was at" in said for said in moved("1920x1080", measured(browser, "1920x1080", css)))


def test_one_of_each_kind_is_held() -> None:
    assert {name.partition("-")[0] for name in NAMES} == set(KINDS)
    assert all(set(GOLDEN[view]) <= set(NAMES) for view in SIZES)
