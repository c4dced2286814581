"""`run.py urgent` reaches a thousand viewers and one real Chromium, which shows every instruction of the notice."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.glass import VISIBLE, Glass
from tests.station import PATIENCE, SHIPPED, Station
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
        assert (command.returncode, err) == (0, f"kho: {province.data / 'bangtin.db'}\n")
        found = re.search(r"số (\d+)", out)
        assert found is not None, out
        number = found[1]
        province.announce(BOARD, "Một tin sau đó", province.now(BOARD))
        swarm.pump(lambda: swarm.all_heard("state", 2), PATIENCE, "what came after the notice")
        assert {len(client.events("notice")) for client in swarm.clients} == {1}
        assert {client.events("notice")[0].payload["notice"]["id"] for client in swarm.clients} == {number}
        assert not any(client.closed for client in swarm.clients)
        glass.wait_for(f'[data-notice="{number}"] :text("Vỡ đê")')
        glass.wait_for(f'[data-notice="{number}"] :text("Sơ tán lên nhà cao tầng")')
        clearing = province.begin("clear", number)
        swarm.pump(lambda: clearing.poll() is not None and swarm.all_heard("clear"), PATIENCE, "the clearing")
        assert clearing.returncode == 0
    glass.wait_for("[data-notice]", gone=True)
    glass.wait_for(VISIBLE)


# Resolves once the last instruction is visible: within its container and within the window.
_LAST_ACT = """() => new Promise((resolve) => {
  const begun = performance.now();
  const look = () => {
    const act = [...document.querySelectorAll('[data-notice] .acts li')].at(-1).getBoundingClientRect();
    const held = document.querySelector('[data-notice] .sheets').getBoundingClientRect();
    const seen = act.top >= held.top - 1 && act.bottom <= held.bottom + 1 && held.bottom <= innerHeight;
    if (seen || performance.now() - begun > 80000) resolve(seen); else setTimeout(look, 100);
  };
  look();
})"""


def test_on_a_board_read_from_far_every_act_has_its_turn(
    tmp_path: Path, look: Callable[[Station, str], Glass]
) -> None:
    station = Station(tmp_path, SHIPPED)
    try:
        station.start(worker=False)
        glass = look(station, "pho-dong-hai")
        glass.wait_for('html[data-link="live"]')
        acts = ("Ở trong nhà, tránh xa cửa kính",)
        headline = "Bão số 3 đổ bộ chiều nay, người dân không ra đường"
        posted = station.push("tinh", headline, station.now("pho-dong-hai"), acts=acts, danger="Bão", risk=4)
        glass.wait_for(f'[data-notice="{posted.id}"] .acts')
        assert glass.page.evaluate(_LAST_ACT)
    finally:
        station.close()
