"""Measures the desk's pages, the API and the server's reads on a large store; `make bench`.

The store is a temporary SQLite file with a million stories and a year's records of 1,000 screens, filled in bulk.
The pages, and the API with a key, are requested from the desk's application in this process, one after the other,
each several times; the 95th percentile is compared with the limit. The queries that the server runs on its event
loop, and those that it runs in another thread after a change, are measured in the same way.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter

from bench._figures import percentile, table
from bench._marks import mark
from server.content.board_content import board_content
from server.content.store_snapshot import read_snapshot
from server.core.lap.composition import compose
from server.core.model import Area, Board, Lane, Source
from server.core.policy import Grant
from server.core.times import to_ms
from server.setup.config import Config
from server.setup.config_sections import PeopleSection
from server.slides.render import Renderer
from server.store.database import revision
from server.store.database.engine import Database
from server.store.notices import notices
from server.store.people import people, tokens
from server.store.people.tokens import GIVEN
from server.store.screens import screens
from server.store.sources import sources, stories, story_lanes
from tests.cast import DAY, KEEPER
from tests.desk.api.programs import UNLIMITED, Program
from tests.desk.office import Office

STORIES = int(os.environ.get("BENCH_STORIES", "1000000"))
DAYS = int(os.environ.get("BENCH_DAYS", "365"))
SCREENS = 1_000
BOARDS = 250
SOURCES = 200
ITEMS_A_DAY = 20
COMMUNES = 50
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "20"))
PAGE_MS = 150.0
API_MS = 50.0
LOOP_MS = 5.0
_AT = "strftime('%Y-%m-%d %H:%M:%S.000000', ?1 - {}, 'unixepoch')"
_N = "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < {} - 1) "
PAGES = {
    "queue": "/desk/queue/",
    "sources": "/desk/sources/",
    "one source": "/desk/sources/nguon-7",
    "stories that wait": "/desk/sources/held",
    "wall": "/desk/wall/",
    "audit": "/desk/audit/",
    "audit, one person": "/desk/audit/?actor=os:root",
    "audit, one act": "/desk/audit/?act=nothing.like.it",
    "screens": "/desk/screens/",
    "proof, one month of all boards": "/desk/proof/",
    "proof, a word": "/desk/proof/?q=1234",
    "proof, one item": "/desk/proof/item/story:77",
    "urgent notices": "/desk/urgent/",
    "one urgent notice": "/desk/urgent/2",
    "timeline": "/desk/timeline/",
    "people": "/desk/people/",
}

API = {
    "areas": "areas",
    "boards": "boards?limit=100",
    "one board": "boards/b-3",
    "what a board shows, and why": "boards/b-3/lap",
    "screens": "screens?limit=100",
    "one screen": "screens/500",
    "stories": "stories?limit=100",
    "stories of one source": "stories?source=nguon-7&limit=100",
    "one story": f"stories/{STORIES // 2 + 1}",
    "announcements": "announcements?limit=100",
    "notices": "notices",
    "proof of one item": "proof/story:21",
    "sources": "sources?limit=100",
    "one source": "sources/nguon-7",
}


def run() -> str:
    with tempfile.TemporaryDirectory() as folder:
        begun = perf_counter()
        db = build(Path(folder))
        built = perf_counter() - begun
        size = Path(folder, "bangtin.db").stat().st_size / 2**20
        pages, answers = _pages(Path(folder), db), _answers(Path(folder), db)
        reads = _reads(db)
        db.close()
    head = (
        f"## A store with {STORIES:,} stories and {DAYS:,} days of {SCREENS:,} screens\n\n"
        f"{size:,.0f} MiB of SQLite, built in {built:.0f} s.\n\n"
    )
    tables = (
        table(("page of the desk", "p50 ms", "p95 ms", f"target < {PAGE_MS:g}"), pages),
        table(("read by the API", "p50 ms", "p95 ms", f"target < {API_MS:g}"), answers),
        table(("read of the server", "p50 ms", "p95 ms", "target"), reads),
    )
    return head + "\n".join(tables)


def build(folder: Path) -> Database:
    """A new store in ``folder`` with areas, sources, boards, one person, and the records of ``_fill``."""
    db = Database.open("sqlite:///bangtin.db", folder)
    db.migrate()
    now = datetime.now(UTC)
    communes = [f"xa-{n}" for n in range(COMMUNES)]
    areas = [Area("tinh", "Tỉnh"), *(Area(slug, f"Xã {slug}", "tinh") for slug in communes)]
    read = [
        Source(f"nguon-{n}", f"Nguồn {n}", "feed", f"https://{n}.example.vn/rss", area=communes[n % COMMUNES])
        for n in range(SOURCES)
    ]
    boards = [
        Board(f"b-{n}", f"Bảng {n}", communes[n % COMMUNES],
              lanes=(Lane(f"nguon-{n % SOURCES}", 20, 365), Lane(f"nguon-{(n + 7) % SOURCES}", 20, 365)))
        for n in range(BOARDS)
    ]  # fmt: skip
    sources.seed(db, areas=areas, sources=read, boards=boards, now=now)
    people.add(db, username=KEEPER.slug, name=KEEPER.name, email="k@example.vn", actor="os:root", now=now)
    for role in ("keeper", "editor", "operator"):
        people.grant(db, KEEPER.slug, Grant(role, "tinh"), by=None, actor="os:root", now=now)
    _fill(folder / "bangtin.db", int(now.timestamp()))
    return db


def _fill(file: Path, now: int) -> None:
    conn = sqlite3.connect(file)
    conn.execute("PRAGMA synchronous=OFF")
    conn.execute("PRAGMA cache_size=-200000")
    year = DAYS * 86_400
    conn.execute(
        _N.format(STORIES) + "INSERT INTO stories (source, identity, title, summary, link, canonical, published, "
        "first_seen, state, version, image_address, image_alt, language, \"table\", listed) "
        f"SELECT 'nguon-' || (n % {SOURCES}), 'tin-' || n, 'Tin số ' || n || ': xã hoàn thành nạo vét kênh mương', "
        "'Lực lượng xung kích đã đắp thêm đê quai; các hộ ở vùng trũng chuẩn bị sẵn lương thực.', "
        "'https://xa.example.vn/' || n, 'xa.example.vn/' || n, "
        f"{_AT.format(f'n * {year} / {STORIES}')}, {_AT.format(f'n * {year} / {STORIES} - 60')}, "
        "CASE WHEN n % 500 = 7 THEN 'held' WHEN n % 100 = 3 THEN 'withdrawn' ELSE 'approved' END, "
        "1, '', '', 'vi', '[]', n < 20000 FROM n",
        (now,),
    )  # fmt: skip
    conn.execute(
        _N.format(SCREENS) + "INSERT INTO screens (id, name, board, slot, key_hash, paired_by, paired, notes, phone, "
        f"changed) SELECT n + 1, 'Màn hình ' || n, 'b-' || (n % {BOARDS}), n / {BOARDS}, 'k' || n, 'bench', "
        f"{_AT.format(str(year))}, '', '', 1 FROM n",
        (now,),
    )
    conn.execute(
        _N.format(SCREENS) + "INSERT INTO screen_links (screen, up, seen, plays_until) "
        f"SELECT n + 1, n % 50 > 0, {_AT.format('n')}, 0 FROM n", (now,),
    )  # fmt: skip
    conn.execute(
        _N.format(BOARDS * DAYS * ITEMS_A_DAY)
        + "INSERT INTO plays (board, day, item, title, count, first, last, hours, screens, hashes) "
        f"SELECT 'b-' || (n % {BOARDS}), strftime('%Y-%m-%d', ?1 - n / {BOARDS * ITEMS_A_DAY} * 86400, 'unixepoch'), "
        f"'story:' || (n / {BOARDS}), 'Tin số ' || (n / {BOARDS}), 400, "
        f"{_AT.format(f'n / {BOARDS * ITEMS_A_DAY} * 86400 - 3600')}, "
        f"{_AT.format(f'n / {BOARDS * ITEMS_A_DAY} * 86400')}, 16776960, x'0f', "
        "'{\"0123456789abcdef\":400}' FROM n",
        (now,),
    )  # fmt: skip
    conn.execute(
        _N.format(DAYS * 20) + "INSERT INTO outages (screen, board, begun, ended) SELECT n % 1000 + 1, "
        f"'b-' || (n % 1000 % {BOARDS}), {_AT.format('n * 4320')}, {_AT.format('n * 4320 - 900')} FROM n",
        (now,),
    )
    conn.execute(
        _N.format(DAYS) + "INSERT INTO notices (level, headline, areas, issued, until, acts, danger, risk, sender, "
        "exercise, state, created_by) SELECT 'urgent', 'Bão số ' || n, '[\"tinh\"]', "
        f"{_AT.format(f'({DAYS} - n) * 86400')}, "
        f"{_AT.format(f'({DAYS} - n) * 86400 - 3600')}, '[]', '', 3, 'Tỉnh', 0, 'expired', 'lan' FROM n",
        (now,),
    )
    conn.execute(
        _N.format(DAYS * SCREENS) + f"INSERT INTO notice_receipts (notice, screen, sent, received, shown) "
        f"SELECT n / {SCREENS} + 1, n % {SCREENS} + 1, {_AT.format('n')}, {_AT.format('n')}, "
        f"{_AT.format('n')} FROM n",
        (now,),
    )
    conn.execute(
        _N.format(DAYS * 300) + "INSERT INTO audit (at, actor, act, subject, after) SELECT "
        f"{_AT.format(f'({DAYS * 300} - n) * 288')}, 'nguoi-' || (n % 40), 'story.approve', 'story/' || n, "
        "'{}' FROM n",
        (now,),
    )
    conn.execute(
        _N.format(DAYS * 10) + "INSERT INTO announcements (area, title, text, windows, ends, created, created_by, "
        "boards, link, \"table\", state) SELECT 'xa-' || (n % 50), 'Thông báo số ' || n, 'Mời bà con theo dõi.', "
        f"'[]', {_AT.format(f'({DAYS * 10} - n) * 8640')}, {_AT.format(f'({DAYS * 10} - n) * 8640 + 86400')}, 'lan', "
        "'[]', '', '[]', 'approved' FROM n",
        (now,),
    )
    conn.commit()
    conn.execute("PRAGMA optimize")
    conn.close()


def _pages(folder: Path, db: Database) -> list[list[object]]:
    office = Office(folder, db, now=datetime.now(UTC), config=Config(people=PeopleSection(second_factor=False)))
    browser = office.browser(KEEPER)
    rows: list[list[object]] = []
    for name, path in PAGES.items():
        answer = browser.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answers {answer.status_code}")
        took = _took(partial(browser.get, path))
        rows.append([f"{name} ({len(answer.data) // 1024} KiB)", *_row(took, PAGE_MS)])
    slowest, name = max((float(str(row[2])), str(row[0])) for row in rows)
    mark("desk", f"{slowest:.0f} ms: {name}", met=slowest < PAGE_MS)
    return rows


def _answers(folder: Path, db: Database) -> list[list[object]]:
    """The API's reads with a key for the whole province."""
    now = datetime.now(UTC)
    office = Office(folder, db, now=now, config=UNLIMITED)
    by = people.get(db, KEEPER.slug)
    key = tokens.make(db, "bench", GIVEN, ["tinh"], by=by, until=now + DAY, now=now, boards=["b-3"])
    one = Program(office, key)
    rows: list[list[object]] = []
    for name, path in API.items():
        answer = one.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answers {answer.status_code}: {answer.text}")
        rows.append([f"{name} ({len(answer.data) // 1024} KiB)", *_row(_took(partial(one.get, path)), API_MS)])
    slowest, name = max((float(str(row[2])), str(row[0])) for row in rows)
    mark("api", f"{slowest:.0f} ms: {name}", met=slowest < API_MS)
    return rows


def _reads(db: Database) -> list[list[object]]:
    now = datetime.now(UTC)
    renderer = Renderer()
    held = read_snapshot(db, now, only="b-3")
    made = board_content(renderer, held, held.boards[0])
    lanes = held.boards[0].lanes
    on_loop: dict[str, Callable[[], object]] = {
        "revision, ten times a second": lambda: revision.current(db),
        "live notices": lambda: notices.live(db, now),
        "a story by its number": lambda: stories.get(db, STORIES // 2),
        "screens' revision": lambda: screens.current(db),
    }
    db_thread: dict[str, Callable[[], object]] = {
        "the stories of a board's lanes (aside)": lambda: story_lanes.for_lanes(db, [lanes], now),
        f"everything for {BOARDS} boards (aside)": lambda: read_snapshot(db, now),
        "composing a board's lap": lambda: compose(made.board, made.items, None, to_ms(now), filler="f"),
    }
    rows: list[list[object]] = [[name, *_row(_took(act), LOOP_MS)] for name, act in on_loop.items()]
    return rows + [[name, *_row(_took(act), None)] for name, act in db_thread.items()]


def _row(took: list[float], limit: float | None) -> list[object]:
    p95 = percentile(took, 0.95)
    verdict = "" if limit is None else f"< {limit:g}: {'met' if p95 < limit else 'NOT met'}"
    return [percentile(took, 0.5), p95, verdict]


def _took(act: Callable[[], object]) -> list[float]:
    """Milliseconds of each of ``ROUNDS`` calls."""
    found = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        act()
        found.append((perf_counter() - begun) * 1000)
    return found


if __name__ == "__main__":
    print(run())
