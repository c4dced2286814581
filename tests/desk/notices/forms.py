"""Posts the forms and buttons of urgent notices; used by the tests of notices at the desk."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

from server.core.model import Notice
from server.store.notices import notices
from tests.desk.office import Browser, Office

WORDS = {
    "danger": "bao",
    "headline": "Bão số 3 đổ bộ, ở trong nhà",
    "act1": "Ở trong nhà",
    "act2": "Gọi 114",
    "areas": ["xa-minh-tan"],
    "hours": "6",
    "level": "urgent",
    "risk": "4",
}


def send(browser: Browser, **changes: object) -> int:
    """Posts the form of an urgent notice with WORDS and ``changes``; returns the number of the created notice."""
    answer = browser.post("/desk/urgent/", {**WORDS, **changes})
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def seen(browser: Browser, id: int) -> str:
    """The digest of the draft's content that each button of its page sends; "" if the page has none."""
    found = re.search(r'name="seen" value="([0-9a-f]{16})"', browser.get(f"/desk/urgent/{id}").text)
    return found[1] if found else ""


def press(browser: Browser, id: int, act: str, **more: str) -> TestResponse:
    """Presses the button ``act`` on the page of a draft, in the version that the page shows now."""
    return browser.post(f"/desk/urgent/{id}/{act}", {"seen": seen(browser, id), **more})


def live(office: Office) -> tuple[Notice, ...]:
    return notices.live(office.db, office.clock())
