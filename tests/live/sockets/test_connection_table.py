"""The table of connections without a key: deadlines, limits, and which connection is closed if there are too many."""

from __future__ import annotations

from ipaddress import ip_network

from server.live.sockets.client_address import account_of
from server.live.sockets.connection_table import ConnectionTable, Limits, OpenConnection, Stage

OFFICE, OTHER = "10.1.0.7", "10.2.0.7"
LIMITS = Limits(per_address=4, in_all=6, viewers_per_address=2, viewers=3, request_seconds=10, idle_seconds=15)


class Table(ConnectionTable):
    """A table with a fake clock (``now``, seconds); ``closed`` has the names of the connections it has closed."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.now = 0.0
        super().__init__(limits, lambda: self.now, [ip_network("192.168.0.0/16")])
        self.closed: list[str] = []

    def add(self, name: str, stage: Stage = Stage.HEAD, address: str = OFFICE) -> OpenConnection:
        made = self.open(lambda: self.closed.append(name))
        made.enter(stage, address)
        return made


def test_a_head_that_does_not_come_is_given_up_and_each_stage_has_its_own_time() -> None:
    table = Table()
    table.add("silent")
    table.add("kept alive", Stage.IDLE)
    busy = table.add("busy", Stage.BUSY)
    table.now = 9.9
    table.sweep()
    assert table.closed == []
    table.now = 10
    table.sweep()
    assert table.closed == ["silent"]
    table.now = 15
    table.sweep()
    assert table.closed == ["silent", "kept alive"]
    busy.enter(Stage.IDLE, OFFICE)
    table.now = 29
    table.sweep()
    assert table.closed == ["silent", "kept alive"], "the time of a stage begins with it"


def test_of_one_address_the_connection_that_matters_least_gives_way_to_a_newcomer() -> None:
    table = Table()
    table.add("post", Stage.BODY)
    table.add("silent")
    table.add("silent too")
    table.add("page", Stage.BUSY)
    for number in range(3):
        table.add(f"new {number}")
    assert table.closed == ["silent", "silent too", "new 0"]
    table.add("elsewhere", address=OTHER)
    assert len(table.closed) == 3


def test_in_all_too_the_oldest_silent_one_gives_way() -> None:
    table = Table()
    for number in range(6):
        table.add(f"{number}", Stage.BUSY if number == 0 else Stage.HEAD, f"10.1.{number}.1")
    table.add("new", address="10.9.9.9")
    assert table.closed == ["1"]


def test_viewers_have_limits_of_their_own_and_never_give_way() -> None:
    table = Table()
    first, second, third = (table.add(f"viewer {number}", Stage.CONNECT) for number in range(3))
    assert first.watch()
    assert second.watch()
    assert not third.watch(), "too many of the address"
    for number in range(10):
        table.add(f"new {number}")
    assert "viewer 0" not in table.closed
    assert "viewer 1" not in table.closed
    first.leave()
    assert third.watch()
    assert table.add("x", Stage.CONNECT, OTHER).watch()
    assert not table.add("y", Stage.CONNECT, OTHER).watch(), "too many in all"


def test_a_viewer_that_becomes_something_else_is_counted_anew() -> None:
    table = Table()
    one = table.open(lambda: None)
    for _ in range(1_000):
        one.enter(Stage.CONNECT, OFFICE)
        assert one.watch()
        one.enter(Stage.BUSY, OFFICE)
        one.enter(Stage.CONNECT, OFFICE)
        assert one.watch()
        assert one.watch()
        one.leave()
    assert table._viewers == {}
    assert (table._accounts._held, table._accounts.total) == ({}, 0)
    assert not any(table.counts().values())


def test_who_has_shown_a_key_or_is_uncapped_counts_for_nobody() -> None:
    table = Table()
    known = [table.add(f"known {number}") for number in range(3)]
    for one in known:
        one.leave()
        one.leave()
    for number in range(20):
        table.add(f"bench {number}", address="192.168.1.1")
    for number in range(4):
        table.add(f"stranger {number}")
    assert table.closed == []
    table.now = 10
    table.sweep()
    assert len(table.closed) == 24, "deadlines are for everybody"


def test_with_few_files_the_limits_are_lower_and_some_remain_for_screens() -> None:
    limits = Limits().within(256)
    assert limits.in_all + limits.viewers + 128 <= 256 - 32
    assert Limits().within(65_536) == Limits()


def test_in_all_the_account_that_holds_most_gives_way_and_nobody_elses_connect() -> None:
    table = Table(Limits(per_address=8, in_all=12))
    table.add("honest", Stage.CONNECT)
    for number in range(100):
        table.add(f"body {number}", Stage.BODY, f"2001:db8:1:{number % 4}00::{number:x}")
    assert len(table.closed) == 101 - 12
    assert table.add("honest too", Stage.CONNECT, OTHER).stage is Stage.CONNECT
    assert not [one for one in table.closed if one.startswith("honest")]


def test_a_newcomer_of_the_account_that_holds_most_replaces_its_least_important() -> None:
    table = Table(Limits(per_address=8, in_all=3))
    for name, stage in (("body", Stage.BODY), ("silent", Stage.HEAD)):
        table.add(name, stage)
    table.add("elsewhere", address=OTHER)
    table.add("new", Stage.IDLE)
    assert table.closed == ["silent"]


SITE = "2001:db8:0:ab00::1"
ONE_SITE = ["2001:db8:0:ab00::2", "2001:db8:0:abff:1:2:3:4", "2001:db8:0:ab01::"]
OTHERS = ["2001:db8:0:aa00::1", "2001:db8:0:ac00::1", "2001:db8:1:ab00::1", "2001:db8::1", "2001:db8:0:ab::1"]


def test_an_address_is_that_of_its_network() -> None:
    assert account_of("::ffff:10.1.0.7") == OFFICE
    assert {account_of(one) for one in ONE_SITE} == {account_of(SITE)}
    assert account_of(SITE) not in {account_of(one) for one in OTHERS}
    assert account_of("fe80::1%eth0") == "fe80::/56"
    assert account_of("") == "?"
