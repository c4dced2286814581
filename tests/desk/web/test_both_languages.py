"""Every page, refusal and CSV file is in one language: no Vietnamese word in English ones, and vice versa.

The names of people and offices have no diacritics here, so that a letter with one comes from the desk's own texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from server.core.screens.proof import NoticeReceipt, Play
from server.store.announcements import announcements
from server.store.notices import notices
from server.store.people import messages
from server.store.people.messages import Message
from server.store.screens import receipts
from tests import cast
from tests.cast import BOARD_MINH_TAN, MINUTE, NOW, PEOPLE, Person
from tests.desk.office import EVERYTHING, Office, add_everything, office_on
from tests.desk.reading import text_of
from tests.desk.web.rights_table import ROUTES, VALUES
from tests.desk.webhooks.logged import add_logged
from tests.store.screens.test_screens import paired

MARKED = re.compile(r"\S*[À-ÃÈ-ÊÌ-ÍÒ-ÕÙ-ÚÝà-ãè-êì-íò-õù-úýĂăĐđĨĩŨũƠơƯưẠ-ỹ]\S*")
# Common words of English sentences that are not also Vietnamese words.
ENGLISH = re.compile(
    r"\b(the|is|are|was|not|your|you|please|must|field|required|invalid|password|this|that|with|from|has|have|cannot|"
    r"forgot|sign|login|logout|submit|error|page|should|valid|value|input|characters|least|choose|choice|will)\b",
    re.IGNORECASE,
)
# Pages that contain Vietnamese in either language, because boards will show it, or English words of addresses.
ON_THE_GLASS = ("/desk/urgent/", "/desk/urgent/1/edit", "/glass/gallery", "/api/")
CODE = re.compile(r"\b(config\.toml|run\.py \w+|password=|input=)")
LET_STAND = {"vi": ("English", "Sign-in"), "en": ("Tiếng Việt", "Bảng Tin", "Tết", "Bão")}
# Not read by people at the desk: answers of files and answers for other programs.
_UNREAD = (
    "/api/openapi.json",
    "/desk/assets/",
    "/glass/gallery",
    "/desk/wan-",
    "/desk/session",
    "/area/",
    "/board/",
    "/push/worker.js",
)
# In one language whatever the reader has chosen: tests/desk/public/feeds.
_OF_ONE_LANGUAGE = ("/nhung", "/embed/")
NOBODY: Person | None = None


@pytest.fixture(scope="module")
def unmarked(office_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office with one object of each kind; every name is written without diacritics."""
    office = office_on(office_template, tmp_path_factory.mktemp("languages"))
    add_everything(office.db)
    screen, _ = paired(office.db, BOARD_MINH_TAN.slug, name="X1")
    plain = cast.announcement(area="xa-minh-tan", title="Ab 12/TB-UBND", text="Ab")
    for state in ("approved", "draft", "submitted", "returned", "withdrawn"):
        reason = "Ab" if state == "returned" else ""
        announcements.post(office.db, replace(plain, state=state, reason=reason), actor="hoa")
    told = notices.post(
        office.db, cast.notice(areas=("xa-minh-tan",), headline="Ab", acts=("Cd",), sender="Ab"), actor="lan", now=NOW
    )
    played = Play(screen.id, screen.board, screen.slot, "announcement:1", "Ab", "ab" * 8, NOW, "2026-03-09", 7)
    shown = [NoticeReceipt(told.id, screen.id, kind, NOW + MINUTE) for kind in ("received", "shown")]
    receipts.save(office.db, [played], shown, [])
    add_logged(office.db)
    with office.db.write() as conn:
        for table in ("areas", "boards", "sources", "people"):
            key = "username" if table == "people" else "slug"
            conn.execute(text(f"UPDATE {table} SET name = 'N-' || {key}"))  # noqa: S608 - names of this test
        conn.execute(text("UPDATE sources SET label = 'L'"))
        words = {"title": "Ab", "name": "Cd", "area": "Ef", "reason": "Gh"}
        messages.queue(
            conn, [Message(EVERYTHING.slug, "", "", "/desk/", kind=one, words=words) for one in KINDS], NOW
        )
    yield office
    office.db.close()


KINDS = (
    "announcement.return", "announcement.submit", "notice.signed", "item.left_out", "webhook.failed", "webhook.gone",
)  # fmt: skip


def _path(rule: str) -> str:
    values = {**VALUES.get(rule, {})}
    if rule.startswith("/desk/people/<"):
        values["username"] = "hoa"
    path = rule
    for name, value in values.items():
        for kind in ("", "int:", "path:"):
            path = path.replace(f"<{kind}{name}>", str(value))
    return path


def _routes(method: str) -> list[str]:
    rules = [named.split(" ", 1)[1] for named in ROUTES if named.startswith(f"{method} ")]
    return sorted({path for rule in rules if not (path := _path(rule)).startswith((*_UNREAD, *_OF_ONE_LANGUAGE))})


def _read(answer: TestResponse) -> str:
    kind = answer.headers.get("Content-Type", "")
    if answer.status_code in (301, 302, 303):
        return ""  # the browser goes on to the next page
    if "json" in kind:
        return " ".join(str(one) for one in (answer.get_json() or {}).values()) if answer.status_code >= 400 else ""
    if "html" in kind:
        return text_of(answer.get_data(as_text=True), spoken=True)
    return answer.get_data(as_text=True) if kind.startswith("text/") else ""


def _foreign(said: str, language: str) -> set[str]:
    for one in (*LET_STAND[language], *(person.name for person in (*PEOPLE, EVERYTHING))):
        said = said.replace(one, "")
    pattern = MARKED if language == "en" else ENGLISH
    return {found[0] for found in pattern.finditer(CODE.sub("", said))}


def _visit(office: Office, method: str, path: str, language: str, who: Person | None) -> set[str]:
    browser = office.browser(who)
    browser.client.set_cookie("language", language)
    headers = {"Accept-Language": language}
    if path.startswith("/api/") and who is not None:
        return set()  # the API takes keys of programs and ignores sign-ins
    if method == "GET":
        return _foreign(_read(browser.get(path, headers=headers)), language)
    answer = browser.post(path, headers=headers)
    found = _foreign(_read(answer), language)
    if answer.status_code in (302, 303):  # the next page shows the message of this action
        found |= _foreign(_read(browser.get("/desk/queue/", headers=headers)), language)
    return found


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_and_file_is_in_one_language(unmarked: Office, language: str) -> None:
    found = {
        (path, "signed in" if who else "nobody"): words
        for who in (EVERYTHING, NOBODY)
        for path in _routes("GET")
        if path not in ON_THE_GLASS and (words := _visit(unmarked, "GET", path, language, who))
    }
    assert not found, "\n".join(f"{where}: {sorted(words)}" for where, words in sorted(found.items(), key=str))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_refusal_of_an_empty_form_is_in_one_language(unmarked: Office, language: str) -> None:
    quiet = ("/desk/logout", "/desk/screens/1/revoke", "/desk/language", "/desk/webhooks/1/remove")
    found = {
        path: words
        for path in _routes("POST")
        if not path.startswith(quiet)
        and (words := _visit(unmarked, "POST", path, language, EVERYTHING))
        and path not in ON_THE_GLASS
    }
    assert not found, "\n".join(f"{where}: {sorted(words)}" for where, words in sorted(found.items(), key=str))
