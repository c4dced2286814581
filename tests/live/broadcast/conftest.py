"""Fixtures of the tests of server/live/broadcast: servers run as processes, with direct and with stock fan-out.

Direct fan-out is this project's, stock fan-out that of python-socketio.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.broadcast.hub_process import Process
from tests.live.broadcast.protocol_client import DIRECT
from tests.live.echo import Echo


@pytest.fixture(scope="module", params=["direct", "stock"])
def fanout(request: pytest.FixtureRequest) -> str:
    """The kind of fan-out, "direct" or "stock"; each test runs with both, because all rules have to hold for both."""
    return str(request.param)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, fanout: str) -> Iterator[Process]:
    """A hub whose time limit for slow readers (600 s) is longer than any test."""
    process = Process(tmp_path_factory.mktemp("hub") / "stderr", fanout, patience=600.0)
    yield process
    process.close()


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, fanout: str) -> Iterator[Process]:
    """A hub that disconnects a slow reader after two seconds and admits at most three viewers."""
    process = Process(tmp_path_factory.mktemp("strict") / "stderr", fanout, patience=2.0, viewers=3)
    yield process
    process.close()


@pytest.fixture(scope="module", params=[DIRECT, "stock"])
def echo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Echo]:
    """An echo server that pings every 20 s, so that no ping disturbs a test."""
    server = Echo(request.param, tmp_path_factory.mktemp("protocol") / "stderr", interval=20, timeout=20)
    yield server
    server.close()


@pytest.fixture(scope="module", params=[DIRECT, "stock"])
def quick(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Echo]:
    """An echo server that pings every 300 ms and allows 200 ms for the pong."""
    server = Echo(request.param, tmp_path_factory.mktemp("quick") / "stderr", interval=0.3, timeout=0.2)
    yield server
    server.close()
