"""Long tests for `make soak`: ten minutes without a server, and ten minutes of all kinds of slides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import BrowserType, CDPSession

from tests.browser.evening import MORE, Evening
from tests.browser.glass import Glass, chromium
from tests.station import PATIENCE, SHIPPED, Station, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(3600)]
BOARD = "hoi-truong"
TEN_MINUTES = 600
PARTS = 10
# Ten parts with this number of slides, each shown for 6 to 22 s, take about ten minutes.
FLIPS_A_PART = 4
# The number of slides to see without a server; sample stories are shown for about 22 s each.
ALONE = 30
TABLE = "Ngày,Giờ,Người tiếp\n15/12,8 giờ,Chủ tịch\n30/12,8 giờ,Bí thư\n"


@pytest.fixture
def long_evening(driver: BrowserType, tmp_path: Path) -> Iterator[Evening]:
    with ExitStack() as stack:
        yield Evening(Station(tmp_path, SHIPPED), BOARD, driver, stack)


def test_the_shipped_boards_rotate_for_ten_minutes_without_server_and_worker(long_evening: Evening) -> None:
    long_evening.longest = 4 * TEN_MINUTES
    long_evening.more = ALONE
    long_evening.begin()
    long_evening.finish()
    count = min(len(long_evening.promised), len(long_evening.first))
    assert long_evening.first[:count] == long_evening.promised[:count]
    assert len({digest for digest, _ in long_evening.first}) >= 10
    assert long_evening.dead[:ALONE] == long_evening.dead_plan == long_evening.dead_other[:ALONE]
    assert long_evening.dead[ALONE - 1][1] - long_evening.dead[0][1] >= TEN_MINUTES * 1000
    assert long_evening.as_of
    assert long_evening.cold_shown in {digest for digest, _ in long_evening.promised}
    assert long_evening.back[:MORE] == long_evening.back_plan
    minutes = (long_evening.dead[ALONE - 1][1] - long_evening.dead[0][1]) / 60_000
    print(f"\nwithout a server: {ALONE} slides in {minutes:.1f} min as planned; after its return no jump")


def _measure(session: CDPSession, station: Station) -> dict[str, float]:
    """The page's heap in KiB after a collection, its DOM nodes and event listeners, and the server's RSS in MiB."""
    session.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    assert station.server is not None
    status = Path(f"/proc/{station.server.pid}/status").read_text(encoding="ascii")
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return {
        "heap KiB": found["JSHeapUsedSize"] / 1024,
        "nodes": found["Nodes"],
        "listeners": found["JSEventListeners"],
        "server MiB": resident / 1024,
    }


def _fill(station: Station) -> None:
    """Adds announcements (plain, with a link, with a table) and a priority notice that lasts an hour."""
    table = station.folder / "lich.csv"
    table.write_text(TABLE, encoding="utf-8")
    acts: list[list[str]] = [
        ["announce", "Cắt điện thôn Đông\nTừ 6 giờ đến 10 giờ.", "--board", BOARD, "--link", "https://example.vn/"],
        ["announce", "Lịch tiếp công dân", "--board", BOARD, "--table", str(table)],
        ["urgent", "Gió mạnh chiều nay", "--area", "tinh", "--level", "priority", "--minutes", "60"],
    ]
    for act in acts:
        done = station.cli(*act)
        assert done.returncode == 0, done.stderr


def test_ten_minutes_leave_nothing_behind(
    driver: BrowserType, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    station = Station(tmp_path, SHIPPED)
    with ExitStack() as stack:
        stack.callback(station.close)
        station.start()
        _fill(station)
        context = stack.enter_context(chromium(driver, tmp_path / "profile"))
        glass = Glass(context.pages[0], station, BOARD).open()
        until(lambda: len(station.titles(BOARD)) > 10, "the sample stories", PATIENCE)
        session = context.new_cdp_session(glass.page)
        session.send("Performance.enable")
        rows = _live_ten_minutes(glass, session, station)
    first, last = rows[0], rows[-1]
    for name in first:
        growth = (last[name] / first[name] - 1) * 100
        print(f"{name}: {first[name]:.0f} -> {last[name]:.0f} ({growth:+.1f} %)")
        record_property(name, growth)
    assert last["server MiB"] <= first["server MiB"] * 1.05 + 2
    assert last["heap KiB"] <= first["heap KiB"] * 1.10 + 200
    assert last["listeners"] <= first["listeners"]
    assert last["nodes"] <= max(row["nodes"] for row in rows[: PARTS // 2]) * 1.10
    assert glass.faults == []


def _live_ten_minutes(glass: Glass, session: CDPSession, station: Station) -> list[dict[str, float]]:
    """Shows an urgent notice and several slides in each part of the ten minutes.

    Returns the measurements (``_measure``) from before the first part and after each part.
    """
    glass.flips(2, seconds=120)
    # The first slides fill caches and build connections and the lap, and Playwright adds objects to the page when it
    # first waits for an element; neither is a leak.
    _show_notice(glass, station, "đầu tiên")
    _see_more(glass, FLIPS_A_PART)
    rows = [_measure(session, station)]
    shown = len(glass.flips())
    for part in range(PARTS):
        _show_notice(glass, station, str(part))
        _see_more(glass, FLIPS_A_PART)
        rows.append(_measure(session, station))
        print(part, {name: round(value) for name, value in rows[-1].items()})
    assert len(glass.flips()) > shown + PARTS
    return rows


def _see_more(glass: Glass, count: int) -> None:
    """Waits until ``count`` more slides were shown."""
    glass.flips(len(glass.flips()) + count, seconds=TEN_MINUTES)


def _show_notice(glass: Glass, station: Station, name: str) -> None:
    """Pushes an urgent notice that expires after ten seconds; waits until it is shown and until it is gone."""
    posted = station.push("tinh", f"Báo động {name}", station.now(BOARD), seconds=10)
    glass.wait_for(f'[data-notice="{posted.id}"]')
    glass.wait_for("[data-notice]", gone=True)
