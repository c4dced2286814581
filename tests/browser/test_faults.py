"""The server is killed at random moments, and sources never answer; WebSocket clients observe what boards show."""

from __future__ import annotations

import random
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from server.store.notices import notices
from tests.browser.evening import lap_of, plan, short_stories
from tests.station import ACTOR, PATIENCE, Feed, Station, config_text, until
from tests.swarm import Swarm

BOARD = "hoi-truong"
SCREENS = 3
HANGING = 20
TURNS = 2


def shown_everywhere(station: Station) -> set[str]:
    """Connects several viewers; returns the ids of the notices that all of them receive."""
    with Swarm(station.port, BOARD, SCREENS).connect() as swarm:
        told = [{notice["id"] for notice in client.notices} for client in swarm.clients]
    return set.intersection(*told)


def push_and_kill(station: Station, rng: random.Random, round_number: int) -> None:
    """Starts `run.py urgent` and kills the server at a random moment within 2.5 s, then starts the server again.

    Every third time the command is killed too, if it still runs. Asserts that no acknowledged notice is lost.
    """
    headline = f"Tin khẩn lần {round_number}"
    command = station.begin("urgent", headline, "--area", BOARD, "--minutes", "60")
    try:
        command.wait(rng.uniform(0.0, 2.5))
    except subprocess.TimeoutExpired:
        if round_number % 3 == 2:
            command.kill()
    station.kill9_server()
    out, _ = command.communicate(timeout=PATIENCE)
    station.restart()
    listed = {notice["id"]: notice["title"] for notice in station.state(BOARD)["notices"]}
    everywhere = shown_everywhere(station)
    if command.returncode == 0:
        number = re.search(r"số (\d+)", out)
        assert number is not None, out
        assert number[1] in everywhere, f"round {round_number}: an acknowledged notice is lost"
    # Whatever the command reported, all viewers show the same notices as the server.
    assert everywhere == set(listed)
    if headline in listed.values():
        mine = next(int(id) for id, title in listed.items() if title == headline)
        notices.clear(station.store, mine, actor=ACTOR, now=station.now(BOARD))


def test_three_kills_lose_no_acknowledged_notice(stations: Callable[[str], Station]) -> None:
    station = stations(config_text([BOARD])).start(worker=False)
    for round_number in range(3):
        push_and_kill(station, random.Random(), round_number)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_fifty_kills_lose_no_acknowledged_notice(stations: Callable[[str], Station]) -> None:
    station = stations(config_text([BOARD])).start(worker=False)
    seed = random.Random().randrange(10**9)
    print(f"\nseed {seed}")
    rng = random.Random(seed)
    for round_number in range(50):
        push_and_kill(station, rng, round_number)
    print("50 kills, 0 acknowledged notices lost")


@pytest.fixture
def hanging() -> Iterator[list[str]]:
    """Addresses of hosts that accept a connection and never answer."""
    with ExitStack() as stack:
        hosts = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(HANGING)]
        yield [f"http://127.0.0.1:{host.getsockname()[1]}/rss" for host in hosts]


def test_hosts_that_hang_stop_neither_the_rotation_nor_the_other_sources(
    hanging: list[str], stations: Callable[[str], Station]
) -> None:
    feeds = [Feed(f"treo-{n}", address, minutes=0.05) for n, address in enumerate(hanging)]
    station = stations(config_text([BOARD], [*feeds, Feed("tin", "tin.xml")], {BOARD: ["tin"]}))
    (station.folder / "tin.xml").write_text(short_stories(), encoding="utf-8")
    station.start()
    until(lambda: len(station.titles(BOARD)) > HANGING // 2, "the file is read while hosts hang")
    with Swarm(station.port, BOARD, 1).connect() as swarm:
        client = swarm.clients[0]
        swarm.pump(lambda: len(client.events("slide")) >= TURNS, PATIENCE, "ticks of the rotation")
        ticks = [one.payload for one in client.events("slide")]
        lap = lap_of(client.events("state")[-1].payload)
    seen = [(tick["hash"], tick["at"]) for tick in ticks]
    assert seen == plan(lap, seen[0][1], len(seen))
