"""Measures the desk's wall, the page that shows all screens live, with 5,000 connected screens; `make bench`.

About 60 boards a second change their slide. Opens: seconds from the request of the page until every screen is loaded
and drawn. Updates: from the time in the server's message until the page applies it; before that the server collects
changes for 0.25 s. Main thread: the share of 20 s in which the page's main thread was busy.
"""

from __future__ import annotations

import json
import secrets
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import insert, update

from bench._figures import percentile, table
from bench._marks import mark
from server.core.policy import Grant
from server.core.screens.screens import hash_of
from server.setup.config_file import load
from server.store import tables
from server.store.people import people
from server.store.screens import receipts
from server.store.tables import screen_places, screens
from tests.browser.evening import short_stories
from tests.cast import EDITOR
from tests.chromium import launch
from tests.desk.office import Office
from tests.station import Feed, Station, config_text, until

SCREENS = 5_000
BOARDS = 600
SECONDS = 20
_READY = "() => Boolean(window.wall?.model?.ready() && document.querySelector('.tile'))"
_LISTEN = """() => {
  window.late = []; window.flips = [];
  const { model } = window.wall;
  const { apply, flip } = model;
  model.apply = (message) => { window.late.push(Date.now() - message.now); return apply(message); };
  model.flip = (now) => {
    const due = [...model.boards.values()].filter(({ coming }) => coming && coming.at <= now);
    for (const { coming } of due) window.flips.push(now - coming.at);
    return flip(now);
  };
}"""


def run() -> str:
    with tempfile.TemporaryDirectory() as folder:
        station = _station(Path(folder))
        try:
            keys = _pair(station)
            crowd = station.begin(
                "simulate", "--screens", str(SCREENS), "--keys", str(keys), "--seconds", "150", "--no-bodies"
            )  # fmt: skip
            until(lambda: _connected(station) >= SCREENS, "the screens are there", 120)
            row = _measure(station)
            crowd.kill()
        finally:
            station.close()
    head = (
        "screens",
        "boards",
        "opens s",
        "updates",
        "p95 ms",
        "flips",
        "p95 ms late",
        "main thread %",
        "tiles drawn",
    )
    return f"## The desk's wall\n\n{table(head, [row])}\n"


def _station(folder: Path) -> Station:
    (folder / "tin.xml").write_text(short_stories(), encoding="utf-8")
    names = [f"b-{n}" for n in range(BOARDS)]
    text = config_text(names, [Feed("tin", "tin.xml")], {name: ["tin"] for name in names})
    station = Station.of(folder, text + "\n[people]\nsecond_factor = false\n").start()
    until(lambda: station.titles(names[-1]), "the stories are on the boards", 120)
    return station


def _pair(station: Station) -> Path:
    """Pairs all screens by writing their rows to the store; returns the file of their keys (JSON lines)."""
    now = datetime.now(UTC)
    db, keys = station.store, [secrets.token_urlsafe(32) for _ in range(SCREENS)]
    rows: list[dict[str, object]] = [
        {
            "id": n + 1, "name": f"Màn hình {n + 1}", "board": f"b-{n % BOARDS}", "slot": n // BOARDS,
            "key_hash": hash_of(key), "paired_by": "bench", "paired": now, "notes": "", "phone": "", "changed": 1,
        }
        for n, key in enumerate(keys)
    ]  # fmt: skip
    places = [{"board": row["board"], "slot": row["slot"], "screen": row["id"], "since": now} for row in rows]
    with db.write() as conn:
        conn.execute(insert(screens), rows)
        conn.execute(insert(screen_places), places)
        conn.execute(update(tables.store).values(screens_revision=1))
    people.add(db, username=EDITOR.slug, name=EDITOR.name, email="lan@example.vn", actor="bench", now=now)
    people.grant(db, EDITOR.slug, Grant("editor", "tinh"), by=None, actor="bench", now=now)
    path = station.folder / "keys.json"
    lines = (
        json.dumps({"screen": row["id"], "key": key, "board": row["board"]})
        for row, key in zip(rows, keys, strict=True)
    )
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _connected(station: Station) -> int:
    return sum(link.up for link in receipts.links(station.store).values())


def _measure(station: Station) -> tuple[str, ...]:
    office = Office(station.data, station.store, now=datetime.now(UTC), config=load(station.config, {}))
    cookie = office.browser(EDITOR).client.get_cookie("bangtin")
    assert cookie is not None
    with sync_playwright() as driver:
        browser = launch(driver.chromium)
        context = browser.new_context(viewport={"width": 1600, "height": 900}, base_url=station.address)
        context.add_cookies([{"name": "bangtin", "value": cookie.value, "url": station.address}])
        page = context.new_page()
        begun = time.monotonic()
        page.goto("/desk/wall/", wait_until="commit")
        while not page.evaluate(f"({_READY})()"):
            page.wait_for_timeout(20)
        opened = time.monotonic() - begun
        mark("wall", f"{opened:.2f} s", met=opened < 2)
        page.wait_for_timeout(5_000)
        page.evaluate(_LISTEN)
        busy = _busy(page)
        late, flips, tiles = page.evaluate("[late, flips, document.querySelectorAll('.tile').length]")
        browser.close()
    return (
        f"{SCREENS:,}", str(BOARDS), f"{opened:.2f}", str(len(late)), f"{percentile(late, 0.95):.0f}",
        str(len(flips)), f"{percentile(flips, 0.95):.0f}", f"{100 * busy:.0f}", str(tiles),
    )  # fmt: skip


def _busy(page: Page) -> float:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def metrics() -> dict[str, float]:
        return {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}

    before = metrics()
    page.wait_for_timeout(SECONDS * 1_000)
    after = metrics()
    return (after["TaskDuration"] - before["TaskDuration"]) / (after["Timestamp"] - before["Timestamp"])


if __name__ == "__main__":
    print(run(), file=sys.stdout)
