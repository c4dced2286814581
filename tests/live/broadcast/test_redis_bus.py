"""Several servers on one Redis: nudges (new revisions) and messages arrive; none waits for a Redis that is down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.processes.jobs import OneAtATime
from tests.live.echo import Echo
from tests.live.raw import RawScreen
from tests.redis import Redis
from tests.station import until


@pytest.fixture
def redis() -> Iterator[Redis]:
    started = Redis()
    yield started
    started.kill()


@pytest.fixture(params=["direct", "stock"])
def pair(request: pytest.FixtureRequest, redis: Redis, tmp_path: Path) -> Iterator[tuple[Echo, Echo]]:
    """Two echo servers that are connected by one Redis."""
    two = tuple(Echo(request.param, tmp_path / f"stderr-{name}", queue=redis.url) for name in "ab")
    yield two[0], two[1]
    for one in two:
        one.close()


def looked(server: Echo) -> list[int]:
    found: list[int] = server.tell("look")["looked"]
    return found


def nudge_until_received(sender: Echo, receiver: Echo, revision: int) -> None:
    """Sends nudges until ``receiver`` has got one, because a server that has just started may not be subscribed yet.

    ``revision`` is the number of the first nudge; each further one has the next number.
    """

    def received() -> bool:
        nonlocal revision
        sender.tell(f"nudge {revision}")
        revision += 1
        return bool(looked(receiver))

    until(received, "the other server is nudged")


def test_a_nudge_reaches_the_other_server_and_does_not_come_back(pair: tuple[Echo, Echo]) -> None:
    here, there = pair
    nudge_until_received(here, there, 1)
    assert looked(here) == []
    known = looked(there)[-1]
    # A server does not forward a revision that it has received from another server.
    there.tell(f"nudge {known}")
    there.tell(f"nudge {known + 100}")
    until(lambda: looked(here) == [known + 100], "only what is new comes back")


def test_an_emit_to_all_reaches_the_clients_of_every_server_once(pair: tuple[Echo, Echo]) -> None:
    here, there = pair
    nudge_until_received(here, there, 1)
    screens = [RawScreen(one.port) for one in pair]
    try:
        for one in screens:
            one.connect({})
            one.wait("42")
        here.tell("emit word xin-chào")
        here.tell("emit last hết")
        for one in screens:
            assert json.loads(one.wait("42")[2:]) == ["word", "xin-chào"]
            assert json.loads(one.wait("42")[2:]) == ["last", "hết"]
    finally:
        for one in screens:
            one.close()


@pytest.mark.parametrize("pair", ["direct"], indirect=True)
def test_redis_may_be_down_at_any_time_and_that_is_logged_once(pair: tuple[Echo, Echo], redis: Redis) -> None:
    here, there = pair
    nudge_until_received(here, there, 1)
    screen = RawScreen(here.port)
    try:
        screen.connect({})
        screen.wait("42")
        redis.kill()

        def logged() -> bool:
            here.tell("nudge 1000")
            return "redis lost" in here.log.read_text()

        until(logged, "it is logged")
        for revision in range(1001, 1021):
            here.tell(f"nudge {revision}")
        here.tell("emit word đây")
        assert json.loads(screen.wait("42")[2:]) == ["word", "đây"]
        redis.start()
        before = len(looked(there))
        number = 2000

        def again() -> bool:
            nonlocal number
            number += 1
            here.tell(f"nudge {number}")
            return len(looked(there)) > before

        until(again, "nudged again after Redis came back")
    finally:
        screen.close()
    assert here.log.read_text().count("redis lost") == 1
    assert "Traceback" not in here.log.read_text()


def test_a_server_starts_without_redis(tmp_path: Path, redis: Redis) -> None:
    redis.kill()
    server = Echo("direct", tmp_path / "stderr", queue=redis.url)
    try:
        screen = RawScreen(server.port)
        screen.connect({})
        screen.wait("42")
        screen.close()
        until(lambda: "redis lost" in server.log.read_text(), "it is logged")
    finally:
        server.close()


def test_a_call_while_it_runs_makes_it_run_once_more_and_never_twice_at_once() -> None:
    runs: list[int] = []
    depth = 0

    def act() -> None:
        nonlocal depth
        depth += 1
        assert depth == 1
        runs.append(1)
        if len(runs) == 1:
            turn()
            turn()
        depth -= 1

    turn = OneAtATime(act)
    turn()
    assert len(runs) == 2
