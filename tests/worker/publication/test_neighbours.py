"""Three real servers that read each other's alerts: each notice reaches every board once and is never passed on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from feeds.formats.cap.reader import read_cap
from server.store.sources import sources
from tests.station import Station, config_text, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
BOARD = "bang"
HEADLINE = "Bão số 3 đổ bộ chiều nay"


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[list[Station]]:
    """Three servers of one province under hosts of their own; each has the feeds of the other two as live sources."""
    with ExitStack() as stack:
        made = [Station.of(tmp_path / str(number), "") for number in range(3)]
        addresses = [f"http://127.0.0.{number}:{server.port}" for number, server in enumerate(made, start=1)]
        for server, address in zip(made, addresses, strict=True):
            others = "".join(
                f'\n[[sources]]\nslug = "may-{number}"\nname = "Máy {number}"\nkind = "cap"\nalerts = "live"\n'
                f'area = "tinh"\nurl = "{other}/areas/tinh/alerts.atom"\n'
                for number, other in enumerate(addresses)
                if other != address
            )
            serving = f'port = 0\nhost = "0.0.0.0"\npublic_url = "{address}"'
            text = config_text([BOARD]).replace("port = 0", serving, 1)
            text = text.replace('slug = "tinh"', 'slug = "tinh"\ncodes = ["VN-66"]', 1)
            server.config.write_text(text + others, encoding="utf-8")
            stack.callback(server.close)
            server.start()
        yield made


def all_read(servers: list[Station]) -> None:
    """Makes each server read the feeds of the others, as "Đọc ngay" does, and waits until it has."""
    for server in servers:
        until(partial(_has_read, server, server.now(BOARD)), "the feeds were read", every=1.0)


def _has_read(server: Station, since: datetime) -> bool:
    """Whether the server has read both feeds since then; those that it has not become due."""
    states = [state for state in sources.states(server.store) if state.slug.startswith("may-")]
    late = [state.slug for state in states if state.last_try is None or state.last_try < since]
    for slug in late:
        sources.due_now(server.store, slug, now=since)
    return len(states) == 2 and not late


def shown(server: Station) -> list[str]:
    return [notice["title"] for notice in server.state(BOARD)["notices"]]


def _is_over(server: Station) -> bool:
    return HEADLINE not in shown(server)


def published(server: Station) -> list[str]:
    """The addresses of the documents that the server's feed leads to; empty while its desk does not answer yet."""
    status, body = server.get("/areas/tinh/alerts.atom")
    if status != 200:
        return []
    return [link.address for link in read_cap(body, address=f"{server.address}/areas/tinh/alerts.atom").entries]


def test_a_notice_reaches_every_board_once_and_is_published_by_its_own_server_alone(servers: list[Station]) -> None:
    first, *others = servers
    first.cli("urgent", HEADLINE, "--area", "tinh", "--minutes", "30", "--act", "Ở yên trong nhà")
    until(lambda: published(first), "the alert is in the feed")
    all_read(servers)
    for server in others:
        until(partial(shown, server), "the alert is on the board")
    for _ in range(3):
        all_read(servers)
        assert [shown(server) for server in servers] == [[HEADLINE]] * 3
        assert [len(published(server)) for server in servers] == [1, 0, 0]

    before = published(first)
    first.cli("clear", "1")
    until(lambda: set(published(first)) - set(before), "the all-clear is in the feed")
    all_read(servers)
    for server in servers:
        until(partial(_is_over, server), "the alert has left the board")
    for _ in range(3):
        all_read(servers)
        assert all(_is_over(server) for server in servers)
        assert [published(server) for server in others] == [[], []]
