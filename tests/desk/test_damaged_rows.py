"""Invalid values, written into the store by SQL: every page answers, shows the valid rows and names the others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from server.core.screens.proof import Proof
from server.store.announcements import announcements
from server.store.announcements.autosave import Autosave, keep
from server.store.audit import audit
from server.store.database.engine import Database
from server.store.media import library
from server.store.media.library import LibraryFile
from server.store.notices import notices
from server.store.screens.plays import add
from tests import cast
from tests.cast import HOUR, NOW
from tests.desk.office import EVERYTHING, Office, add_everything, office_on

SOUND = "Thông báo lành lặn"
PAGES = (
    *(f"/desk/queue/?tab={tab}" for tab in ("submitted", "draft", "scheduled", "on air", "ended")),
    "/desk/queue/1", "/desk/queue/2", "/desk/compose/", "/desk/compose/1", "/desk/compose/?copy=1",
    f"/desk/compose/?typed={'a' * 32}", "/desk/compose/library", "/desk/media/", f"/desk/media/{'0' * 16}",
    "/desk/audit/", "/desk/audit/audit.csv", "/desk/proof/", "/desk/proof/proof.csv",
    "/desk/proof/item/announcement:1", "/desk/timeline/", "/desk/timeline/week", "/desk/urgent/", "/desk/urgent/1",
    "/desk/urgent/1/progress", "/desk/sources/", "/desk/sources/held", "/desk/sources/tin-tinh", "/desk/screens/",
    "/desk/screens/boards/hoi-truong", "/desk/people/", "/desk/wall/", "/desk/tokens/", "/desk/webhooks/",
    "/desk/duty/", "/desk/duty/roster/", "/desk/duty/channels/", "/desk/duty/mine/",
)  # fmt: skip
LONG = "x" * 10_000_000
TOO_LONG = "x" * 300_000
NOT_TIMES = ("9999-12-31 23:59:59.999999", "0001-01-01 00:00:00.000000", "hôm nay", "")
NOT_JSON = ("{", "null", "5", '"chữ"', '{"a": 1}', "[1, [2]]", '[["9999-12-31T23:59:59+00:00", null]]', "[" * 5000)
BAD_ACT = {"until": "9999-12-31T23:59:59+00:00", "grants": [{}], "area": 5, "state": [], "text": LONG}
# Each of these values is written into a different row, so that all of them are in the store at the same time.
OF_ANNOUNCEMENTS: list[tuple[str, object]] = [
    *((column, one) for column in ("ends", "created", "edited") for one in NOT_TIMES),
    *((column, one) for column in ("windows", "boards", "table", "attachments") for one in NOT_JSON),
    *((column, one) for column in ("contact", "recurrence") for one in NOT_JSON if one != "null"),
    ("recurrence", json.dumps({"rule": "FREQ=SECONDLY", "start": "07:00", "end": "08:00", "first": "2026-01-01"})),
    ("state", "khong-co"), ("kind", "khong-co"), ("version", "x"), ("longest_gap", 1e300), ("text", LONG),
    ("title", TOO_LONG), ("title", b"\xff\xfe"), ("text", b"\x00"), ("created_by", TOO_LONG), ("position", "x"),
]  # fmt: skip
OF_NOTICES: list[tuple[str, object]] = [
    ("until", NOT_TIMES[0]), ("until", "x"), ("areas", "5"), ("areas", "null"), ("acts", "{"), ("state", "x"),
    ("headline", TOO_LONG), ("risk", "x"), ("issued", NOT_TIMES[1]), ("ended", "x"),
]  # fmt: skip
OF_AUDIT: list[tuple[str, object]] = [
    *(("at", one) for one in NOT_TIMES),
    *((column, one) for column in ("before", "after") for one in NOT_JSON),
    ("after", json.dumps(BAD_ACT)), ("subject", TOO_LONG), ("act", b"\xff"),
]  # fmt: skip
OF_PLAYS: list[tuple[str, object]] = [
    ("first", "x"), ("hashes", "5"), ("count", "x"), ("last", NOT_TIMES[0]), ("hours", "x"), ("title", TOO_LONG),
]  # fmt: skip
OF_MEDIA: list[tuple[str, object]] = [
    ("added", "x"), ("expires", NOT_TIMES[0]), ("size", "x"), ("alt", TOO_LONG), ("seconds", float("inf")),
]  # fmt: skip
# Tables with few rows get one value after another.
ROUNDS: list[list[tuple[str, str, object]]] = [
    [("boards", "hours", '[["25:00", "x"]]'), ("sources", "every", 1e300), ("source_states", "gap", 1e300)],
    [("boards", "zone", "Sao/Hỏa"), ("sources", "page", "5"), ("source_states", "last_good", "x")],
    [("boards", "lanes", "5"), ("sources", "zone", "x"), ("areas", "codes", "5"), ("people", "made", "x")],
    [("boards", "format", "{}"), ("typed", "form", "5"), ("announcement_versions", "body", "[]")],
    [("boards", "days", '[{"theme": 1}]'), ("typed", "form", '{"title": 5, "until": [null]}')],
    [("boards", "upper_share", "x"), ("typed", "saved", "x"), ("announcement_versions", "replaced", "x")],
]


@pytest.fixture(scope="module")
def template_with_rows(office_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with a row of each kind that pages list, and one more announcement that stays valid."""
    office = office_on(office_template, tmp_path_factory.mktemp("damaged"))
    db, slug = office.db, EVERYTHING.slug
    add_everything(db)
    draft = announcements.post(db, cast.announcement(title=SOUND, state="draft"), actor="lan")
    announcements.revise(db, replace(draft, text="Chữ mới"), actor="lan", now=NOW)
    announcements.post(db, cast.announcement(title=SOUND), actor="lan")
    notices.post(db, cast.notice(), actor="lan", now=NOW)
    keep(db, Autosave("a" * 32, slug, None, None, NOW, {"title": ["Đang soạn"]}))
    for number in range(len(OF_MEDIA) + 1):
        library.put(
            db, LibraryFile(f"{number:016}", 10, 10, "image/webp", 0, "tinh", "a.webp", "", NOW, slug, 5, None)
        )
    with db.write() as conn:
        proofs = [proof(f"announcement:{number}") for number in range(len(OF_PLAYS) + 1)]
        add(conn, proofs)
    office.db.close()
    return office.folder / "bangtin.db"


@pytest.fixture
def damaged(template_with_rows: Path, tmp_path: Path) -> Iterator[Office]:
    office = office_on(template_with_rows, tmp_path)
    yield office
    office.db.close()


def proof(item: str) -> Proof:
    return Proof("hoi-truong", NOW.date().isoformat(), item, "Lịch", 1, NOW, NOW + HOUR, 1, b"\x01", {"0": 1})


def damage(db: Database, table: str, column: str, value: object, row: int = 0) -> None:
    """Writes ``value`` into the ``row``-th row (from 0) of ``table``, past all constraints and triggers."""
    key = f"(SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET {row})"  # noqa: S608 - names of this file
    with db.write() as conn:
        conn.execute(text("PRAGMA ignore_check_constraints = ON"))
        conn.execute(text("DROP TRIGGER IF EXISTS audit_no_update"))
        conn.execute(text(f'UPDATE {table} SET "{column}" = :value WHERE rowid = {key}'), {"value": value})  # noqa: S608


def faults(office: Office, pages: Iterable[str] = PAGES) -> list[str]:
    """The pages that fail, with their error.

    An application under test raises its exceptions instead of answering 500.
    """
    browser, found = office.browser(EVERYTHING), []
    for page in pages:
        try:
            status = browser.get(page).status_code
        except Exception as error:  # noqa: BLE001 - one page must not hide the others
            found.append(f"{page}: {error!r}"[:300])
        else:
            found += [f"{page}: {status}"] if status >= 500 else []
    return found


def test_no_page_falls_over_rows_of_nonsense(damaged: Office) -> None:
    db, first = damaged.db, 2
    for at, (column, value) in enumerate(OF_ANNOUNCEMENTS, start=first):
        announcements.post(db, cast.announcement(), actor="lan")
        damage(db, "announcements", column, value, at)
    for at, (column, value) in enumerate(OF_NOTICES, start=1):
        notices.post(db, cast.notice(), actor="lan", now=NOW)
        damage(db, "notices", column, value, at)
    for table, wrong in (("audit", OF_AUDIT), ("plays", OF_PLAYS), ("media", OF_MEDIA)):
        for at, (column, value) in enumerate(wrong):
            damage(db, table, column, value, at)
    own = [f"/desk/{page}/{at + 1}" for at in range(len(OF_ANNOUNCEMENTS) + first) for page in ("queue", "compose")]
    assert faults(damaged, [*PAGES, *own, *(f"/desk/urgent/{at}" for at in range(2, len(OF_NOTICES) + 2))]) == []
    queue = damaged.browser(EVERYTHING).get("/desk/queue/?tab=on air").text
    assert SOUND in queue
    hidden = sum(column == "ends" for column, _ in OF_ANNOUNCEMENTS)  # used in searches only, so not named
    assert queue.count("/set-aside") == len(OF_ANNOUNCEMENTS) - hidden, "each is named"
    assert "Dòng nhật ký không đọc được" in damaged.browser(EVERYTHING).get("/desk/audit/?below=25").text


@pytest.mark.parametrize("values", ROUNDS, ids=lambda one: one[0][1])
def test_no_page_falls_over_a_damaged_board_source_or_form(
    damaged: Office, values: list[tuple[str, str, object]]
) -> None:
    for table, column, value in values:
        damage(damaged.db, table, column, value)
    assert faults(damaged) == []
    assert SOUND in damaged.browser(EVERYTHING).get("/desk/queue/?tab=on air").text


def test_a_damaged_announcement_is_withdrawn_from_the_queue(damaged: Office) -> None:
    damage(damaged.db, "announcements", "windows", "5", 1)
    browser = damaged.browser(EVERYTHING)
    assert "Không đọc được" in browser.get("/desk/queue/").text
    assert browser.post("/desk/queue/2/set-aside").status_code == 303
    assert "Không đọc được" not in browser.get("/desk/queue/").text
    assert audit.all(damaged.db)[-1].act == "announcement.withdraw"
    assert browser.post("/desk/queue/2/set-aside").status_code == 404
