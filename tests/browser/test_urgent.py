"""`run.py urgent`, from a shell to a thousand screens and one real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.glass import VISIBLE, Glass
from tests.station import PATIENCE, Station
from tests.swarm import Swarm

pytestmark = pytest.mark.browser
SCREENS = 1_000
BOARD = "bang-khan"


def test_every_screen_gets_it_once_and_it_is_painted(
    province: Station, look: Callable[[Station, str], Glass]
) -> None:
    province.announce(BOARD, "Họp dân phố", province.now(BOARD))
    glass = look(province, BOARD)
    glass.wait_for_slide("Họp dân phố")
    with Swarm(province.port, BOARD, SCREENS).connect() as swarm:
        command = province.begin("urgent", "Vỡ đê\nSơ tán lên nhà cao tầng", "--area", BOARD, "--minutes", "5")
        swarm.pump(lambda: command.poll() is not None and swarm.all_heard("notice"), PATIENCE, "the notice")
        out, err = command.communicate()
        assert (command.returncode, err) == (0, "")
        found = re.search(r"số (\d+)", out)
        assert found is not None, out
        number = found[1]
        glass.wait_for(f'[data-notice="{number}"] :text("Vỡ đê")')
        glass.wait_for(f'[data-notice="{number}"] :text("Sơ tán lên nhà cao tầng")')
        province.announce(BOARD, "Một tin sau đó", province.now(BOARD))
        swarm.pump(lambda: swarm.all_heard("state", 2), PATIENCE, "what came after the notice")
        assert {len(client.events("notice")) for client in swarm.clients} == {1}
        assert {client.events("notice")[0].payload["notice"]["id"] for client in swarm.clients} == {number}
        assert not any(client.closed for client in swarm.clients)
        assert province.cli("clear", number).returncode == 0
        swarm.pump(lambda: swarm.all_heard("clear"), PATIENCE, "the clearing")
    glass.wait_for("[data-notice]", gone=True)
    glass.wait_for(VISIBLE)
