"""Fixture: the web host whose page the guard's browser opens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.display.guard.web_host import Host


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host()
    yield made
    made.close()
