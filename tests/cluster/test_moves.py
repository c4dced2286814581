"""Which server the shipped nginx gives to a board, and what screens show when a board or screen changes servers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from threading import Thread
from time import monotonic

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page

from server.simulate.crowd import Crowd
from server.simulate.screen import Identity
from server.store.screens import screens
from tests.browser.glass import VISIBLE, chromium
from tests.browser.storm import paired
from tests.cluster.cluster import Cluster, meanwhile
from tests.postgres import Postgres
from tests.station import ACTOR, until

# nginx's hash ring depends on the ports, which differ in every run. With 12 boards one run in 50 would leave one of
# the three servers without a board; with 36 it is one in a million.
BOARDS = [f"bang-{number}" for number in range(36)]
CALM = 60
# Records added and removed elements in the container of urgent notices.
_WATCH = """() => {
  window.replaced = [];
  new MutationObserver((all) => {
    for (const { addedNodes, removedNodes } of all) window.replaced.push(addedNodes.length + removedNodes.length);
  }).observe(document.getElementById("notices"), { childList: true });
}"""
pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, database: Postgres) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("moves"), database.create("moves"), BOARDS)
    yield made
    made.close()
    database.drop("moves")


@pytest.fixture(scope="module")
def device(driver: BrowserType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    with chromium(driver, tmp_path_factory.mktemp("device")) as context:
        yield context


@pytest.fixture
def page(device: BrowserContext) -> Iterator[Page]:
    """A page that is closed after its test, because its reconnections would be counted by ``homes``."""
    made = device.new_page()
    yield made
    made.close()


def homes(cluster: Cluster) -> dict[str, int]:
    """Board -> port of the server that nginx gives it.

    Tries again while a board seems to have two servers, because nginx may log an older connection late.
    """
    found: dict[str, int] = until(lambda: visited(cluster), "each board is on one server", every=0.5)
    return found


def visited(cluster: Cluster) -> dict[str, int]:
    """Connects two viewers to each board and disconnects them; returns board -> port of the server that had both.

    Returns {} if the two viewers of any board had different servers.
    """
    seen = len(cluster.nginx.served())
    people = [Identity(board) for board in BOARDS for _ in range(2)]
    with Crowd(cluster.nginx.address, people, monotonic=monotonic, bodies=False) as crowd:
        assert crowd.run_until(lambda: crowd.in_step() == len(people), CALM)
    until(lambda: len(cluster.nginx.served()) >= seen + len(people), "nginx has seen them all leave")
    found = set(cluster.nginx.served()[seen:])
    return dict(found) if len(found) == len(BOARDS) else {}


def settled(cluster: Cluster) -> dict[str, int]:
    """Like ``homes``, but waits until each of the three servers has at least one board."""

    def look() -> dict[str, int]:
        found = homes(cluster)
        return found if set(found.values()) == {one.port for one in cluster.servers} else {}

    found: dict[str, int] = until(look, "every server has its boards", every=0.5)
    return found


def test_a_board_is_on_one_server_and_where_one_dies_only_its_boards_move_and_come_back_with_it(
    cluster: Cluster,
) -> None:
    before = settled(cluster)
    assert homes(cluster) == before
    dead = cluster.servers[1]
    dead.kill9_server()
    without = homes(cluster)
    assert dead.port not in without.values()
    assert {board for board in BOARDS if without[board] != before[board]} == {
        board for board in BOARDS if before[board] == dead.port
    }
    dead.restart()
    # New connections to its boards go to the restarted server again.
    assert homes(cluster) == before


def test_one_that_was_dead_takes_all_its_screens_again_while_others_stay_connected(cluster: Cluster) -> None:
    """A restarted server gets all its screens at once; with nginx's ``max_fails=1`` it got one every two seconds."""
    people = [Identity(board) for board in BOARDS for _ in range(4)]
    with Crowd(cluster.nginx.address, people, monotonic=monotonic, bodies=False) as crowd:
        for server in cluster.servers:
            assert crowd.run_until(lambda: crowd.in_step() == len(people), CALM)
            server.kill9_server()
            assert crowd.run_until(lambda: crowd.in_step() < len(people), CALM)
            assert crowd.run_until(lambda: crowd.in_step() == len(people), CALM)
            meanwhile(crowd, server.restart)
        assert crowd.report.counts["lost"] <= len(cluster.servers) * len(people)


def test_screens_that_were_taken_over_stay_where_they_are(cluster: Cluster) -> None:
    owner = {one.port: one for one in cluster.servers}[settled(cluster)[BOARDS[0]]]
    with Crowd(cluster.nginx.address, [Identity(BOARDS[0])] * 3, monotonic=monotonic, bodies=False) as crowd:
        assert crowd.run_until(lambda: crowd.in_step() == 3, CALM)
        owner.kill9_server()
        assert crowd.run_until(lambda: crowd.report.counts["lost"] >= 3 and crowd.in_step() == 3, CALM)
        # The restart runs in a thread, because the screens have to answer pings meanwhile.
        starting = Thread(target=owner.restart)
        starting.start()
        assert crowd.run_until(lambda: not starting.is_alive(), CALM)
        assert owner.answers()
        lost = crowd.report.counts["lost"]
        posted = cluster.push("Máy chủ cũ đã về")
        assert crowd.run_until(lambda: all(str(posted.id) in one.notices for one in crowd.screens), CALM)
        assert crowd.report.counts["lost"] == lost


@pytest.mark.browser
def test_a_screen_that_is_moved_shows_its_new_board_by_its_new_server(cluster: Cluster, page: Page) -> None:
    found = settled(cluster)
    here = BOARDS[0]
    there = next(board for board in BOARDS if found[board] != found[here])
    station = cluster.servers[0]
    for board in (here, there):
        station.announce(board, f"Tin của {board}", station.now(board))
    ((screen, key),) = paired(station, here, 1, "Màn hình")
    kept = json.dumps({"screen": str(screen), "key": key, "board": here})
    page.add_init_script(f"localStorage['bangtin.screen'] ??= {json.dumps(kept)}")
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"{cluster.nginx.address}/screen")
    page.locator(f"{VISIBLE} :text('Tin của {here}')").wait_for()
    screens.move(cluster.db, screen, there, actor=ACTOR, now=station.now(here))
    page.locator(f"{VISIBLE} :text('Tin của {there}')").wait_for()
    until(lambda: page.evaluate("1") and len(sockets) == 2, "the screen has come back")
    assert [f"board={board}&" in f"{url}&" for board, url in zip((here, there), sockets, strict=True)] == [True, True]
    # A reload shows the new board too, because the device has stored which board it has.
    page.reload()
    page.locator(f"{VISIBLE} :text('Tin của {there}')").wait_for()
    assert f"board={there}&" in f"{sockets[-1]}&"
    assert len(sockets) == 3


@pytest.mark.browser
def test_a_notice_on_the_glass_is_the_same_element_after_another_server_has_taken_over(
    cluster: Cluster, page: Page
) -> None:
    board = BOARDS[2]
    owner = {one.port: one for one in cluster.servers}[settled(cluster)[board]]
    station = next(one for one in cluster.servers if one is not owner)
    page.goto(f"{cluster.nginx.address}/board/{board}")
    page.locator("html[data-link=live]").wait_for()
    posted = station.push(board, "Nước sông lên nhanh", station.now(board))
    notice = page.locator(f"[data-notice='{posted.id}']")
    notice.wait_for()
    mine = notice.element_handle()
    page.evaluate(_WATCH)
    states: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: states.append(str(frame))))
    owner.kill9_server()
    until(lambda: page.evaluate("1") and any('42["state"' in one for one in states), "another server has told it all")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))")
    assert page.evaluate("document.documentElement.dataset.link") == "live"
    assert mine is not None
    assert mine.evaluate("(node) => node.isConnected")
    assert page.evaluate("window.replaced") == []
    owner.restart()
