"""Posts the forms of the composer and the queue; used by the tests of announcements at the desk."""

from __future__ import annotations

from werkzeug.test import TestResponse

from server.core.model import Announcement
from server.store.announcements import announcements, listings
from tests.cast import OPERATOR
from tests.desk.office import Browser, Office

WORDS = {
    "kind": "text",
    "title": "Tạm ngừng cấp nước",
    "text": "Từ 8 giờ tại **thôn Đông**.",
    "area": "xa-minh-tan",
    "where": "all",
    "when": "once",
    "until": "2026-03-16T17:00",
}


def write(browser: Browser, do: str = "submit", path: str = "/desk/compose/", /, **changes: object) -> TestResponse:
    """Posts the composer's form with the sample values WORDS and ``changes``; ``do`` is the pressed button."""
    return browser.post(path, {**WORDS, "do": do, **changes})


def submitted(office: Office, **changes: object) -> Announcement:
    """An announcement that the operator has just submitted by the composer's form."""
    answer = write(office.browser(OPERATOR), **changes)
    assert answer.status_code == 303, answer.text
    return listings.listed(office.db, ["xa-minh-tan"], now=office.now)[0]


def act(browser: Browser, one: Announcement, step: str, **more: object) -> TestResponse:
    """Posts a workflow step of one announcement, as its button in the queue does."""
    return browser.post("/desk/queue/act", {"step": step, "id": f"{one.id}:{one.version}", **more})


def state(office: Office, one: Announcement) -> str:
    return announcements.get(office.db, one.id).state
