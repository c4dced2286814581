"""The Content-Security-Policy in a real Chromium: a board's page can connect to its own server and no other host."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.glass import Glass
from tests.station import Station

pytestmark = pytest.mark.browser
_FOREIGN = """address => new Promise(done => {
  document.addEventListener("securitypolicyviolation", event => done(event.effectiveDirective), {once: true});
  try {
    new WebSocket(address).onopen = () => done("opened");
  } catch {
    // The event says why.
  }
})"""


def test_the_socket_of_the_own_server_connects_and_a_foreign_one_is_refused(
    province: Station, look: Callable[[Station, str], Glass]
) -> None:
    board = "bang-khan"
    glass = look(province, board)
    glass.wait_for('html[data-link="live"]')
    # The same server under another name counts as a foreign host.
    for address in (f"ws://127.0.0.1:{province.port}/socket.io/?EIO=4&transport=websocket", "wss://example.vn/"):
        assert glass.page.evaluate(_FOREIGN, address) == "connect-src"
