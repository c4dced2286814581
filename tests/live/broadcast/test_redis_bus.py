"""Several servers on one Redis: who is told what, and that nobody waits for it when it is away."""

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
    """Two servers on one Redis."""
    two = tuple(Echo(request.param, tmp_path / f"stderr-{name}", queue=redis.url) for name in "ab")
    yield two[0], two[1]
    for one in two:
        one.close()


def looked(server: Echo) -> list[int]:
    found: list[int] = server.tell("look")["looked"]
    return found


def told_until_heard(teller: Echo, hearer: Echo, revision: int) -> None:
    """A server that has just begun may not listen yet: said again, as the store's next change would."""

    def heard() -> bool:
        nonlocal revision
        teller.tell(f"nudge {revision}")
        revision += 1
        return bool(looked(hearer))

    until(heard, "the other server is told to look")


def test_a_change_that_one_server_sees_is_told_to_the_other_and_not_back(pair: tuple[Echo, Echo]) -> None:
    here, there = pair
    told_until_heard(here, there, 1)
    assert looked(here) == []
    known = looked(there)[-1]
    # What came from another server is not news for anybody.
    there.tell(f"nudge {known}")
    there.tell(f"nudge {known + 100}")
    until(lambda: looked(here) == [known + 100], "only what is new comes back")


def test_a_message_for_all_reaches_the_clients_of_every_server_once(pair: tuple[Echo, Echo]) -> None:
    here, there = pair
    told_until_heard(here, there, 1)
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
def test_redis_may_be_away_at_any_time_and_that_is_said_once(pair: tuple[Echo, Echo], redis: Redis) -> None:
    here, there = pair
    told_until_heard(here, there, 1)
    screen = RawScreen(here.port)
    try:
        screen.connect({})
        screen.wait("42")
        redis.kill()

        def said() -> bool:
            here.tell("nudge 1000")
            return "redis lost" in here.log.read_text()

        until(said, "it is said")
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

        until(again, "told again after Redis came back")
    finally:
        screen.close()
    assert here.log.read_text().count("redis lost") == 1
    assert "Traceback" not in here.log.read_text()


def test_a_server_begins_without_redis(tmp_path: Path, redis: Redis) -> None:
    redis.kill()
    server = Echo("direct", tmp_path / "stderr", queue=redis.url)
    try:
        screen = RawScreen(server.port)
        screen.connect({})
        screen.wait("42")
        screen.close()
        until(lambda: "redis lost" in server.log.read_text(), "it is said")
    finally:
        server.close()


def test_an_act_that_is_wanted_while_it_runs_runs_once_more_and_never_twice_at_once() -> None:
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
