"""Repeats three public incidents, of 2016, 2018 and 2023, with other operators' displays and warning systems.

Each test is named after its incident.
"""

from __future__ import annotations

import http.client
import json
import os
import re
from collections.abc import Iterator, Mapping
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest
import websocket

from server.store.people import people
from server.store.screens import receipts
from tests.faults.paired_screens import BOARDS, PairedScreens
from tests.figures import Figure
from tests.station import PATIENCE, Station, config_text, until

EACH = 10
ACCOUNTS = ("admin", "root", "user", "quantri", "bangtin")
PASSWORDS = ("admin", "123456", "password", "admin123", "bangtin")
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[PairedScreens]:
    found = PairedScreens(tmp_path, each=EACH)
    yield found
    found.close()


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A server that has just been installed and started for the first time."""
    found = Station.of(tmp_path_factory.mktemp("new") / "station", config_text(["xa-moi"])).start(worker=False)
    yield found
    found.close()


def mode(made: PairedScreens, board: str) -> str:
    return str(made.station.state(board)["board"]["mode"])


def test_2016_airports_screens_that_were_taken_over_are_made_safe_from_one_place(made: PairedScreens) -> None:
    """In the real incident staff could only unplug the screens, one by one."""
    revisions = [one.revision for one in made.crowd.screens]
    made.meanwhile(lambda: made.station.cli("screen", "panic", "tinh"))
    made.run_until(
        lambda: all(one.revision > before for one, before in zip(made.crowd.screens, revisions, strict=True)),
        "every screen has heard of it",
    )
    assert {mode(made, board) for board in BOARDS} == {"safe"}
    # A screen that was cut off, and a server that was killed, are in safe mode again when they return.
    made.link.cut()
    made.station.kill9_server()
    made.meanwhile(made.station.restart)
    made.link.heal()
    made.run_until(lambda: made.crowd.in_step() == len(made.crowd.screens), "all screens are back")
    assert {mode(made, board) for board in BOARDS} == {"safe"}


def test_2018_hawaii_one_act_clears_a_false_alert_on_every_screen(made: PairedScreens, figure: Figure) -> None:
    """In the real incident 38 minutes passed, because no procedure to cancel an alert had been prepared."""
    posted = str(made.push_everywhere("Báo động nhầm").id)
    made.run_until(lambda: all(posted in one.notices for one in made.crowd.screens), "every screen shows it")
    made.meanwhile(lambda: made.station.cli("clear", posted))
    begun = made.now()
    made.run_until(lambda: not any(posted in one.notices for one in made.crowd.screens), "no screen shows it")
    figure("from the clearing to the last of 20 screens", round(made.now() - begun, 2), "s")
    # The store holds which screens showed the alert, so that the desk can say whom to call.
    made.run_until(
        lambda: (
            sum(one.shown is not None for one in receipts.of_notice(made.station.store, int(posted)).values())
            == len(made.crowd.screens)
        ),
        "every receipt is stored",
    )


def test_2023_betting_slogans_no_default_password_opens_the_desk(station: Station) -> None:
    """In the real incident the boards still had the default password of their manufacturer."""
    assert people.all(station.store) == ()
    for account, password in zip(ACCOUNTS, PASSWORDS, strict=True):
        status, _ = _sign_in(station, account, password)
        assert status in (200, 429), (account, password)
    assert _sign_in(station, "admin", "admin")[1] == ""
    secrets = [one for one in (station.data / "keys").iterdir() if one.stat().st_mode & 0o077]
    assert secrets == []


def test_2023_betting_slogans_no_controller_is_open(station: Station) -> None:
    """In the real incident the boards' controllers accepted texts from anybody in their network."""
    assert station.server is not None
    assert listening(station.server.pid) <= {"127.0.0.1"}
    for method, path in (
        ("POST", "/api/v1/announcements"), ("GET", "/api/v1/screens"), ("POST", "/desk/urgent/"),
        ("POST", "/desk/compose/"), ("POST", "/desk/compose/files"),
        ("POST", "/desk/screens/panic"), ("POST", "/desk/screens/panic/tinh"), ("POST", "/glass/screenshots/1"),
    ):  # fmt: skip
        assert _status(station, method, path) in (400, 401, 403), path
    assert _status(station, "GET", "/glass/state", {"Authorization": "Bearer 1"}) == 401
    # A socket without a key may listen to a public board, and nothing that it sends changes anything.
    before = station.state("xa-moi")
    strangers: tuple[Mapping[str, object], ...] = (
        {"screen": 1, "key": "1"},
        {"screen": 1, "key": ""},
        {"board": "xa-moi", "role": "guard"},
    )
    for auth in strangers:
        _speak(station, auth)
    after = station.state("xa-moi")
    assert [after[part] for part in ("revision", "notices", "lap")] == [
        before[part] for part in ("revision", "notices", "lap")
    ]


def _speak(station: Station, auth: Mapping[str, object]) -> None:
    """Connects a WebSocket with the CONNECT payload ``auth`` and sends every event that only the server may send."""
    line = websocket.create_connection(
        f"ws://127.0.0.1:{station.port}/socket.io/?EIO=4&transport=websocket",
        origin=f"http://127.0.0.1:{station.port}",
        timeout=30,
    )
    try:
        line.recv()
        line.send("40" + json.dumps(auth))
        notice = {"notice": {"id": "1", "level": "urgent"}, "html": "<p>CÁ CƯỢC", "epoch": "", "revision": 10**9}
        for event in ("state", "notice", "clear", "slide", "slides", "command", "moved"):
            line.send("42" + json.dumps([event, notice]))
        # The answer to ``sync``, or a disconnection, shows that the server has handled everything sent before.
        line.send("421" + json.dumps(["sync", {"epoch": "", "revision": 0, "have": "", "t0": 1}]))
        until(lambda: str(line.recv()).startswith(("431", "41", "44")) or None, "the server's answer")
    except (OSError, websocket.WebSocketException):
        return
    finally:
        line.shutdown()  # type: ignore[no-untyped-call] # websocket-client annotates its other methods


def _status(station: Station, method: str, path: str, headers: dict[str, str] | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", station.port, timeout=PATIENCE)
    try:
        body = b"title=CA+CUOC" if method == "POST" else None
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection.request(method, path, body, {**kind, **(headers or {})})
        return connection.getresponse().status
    finally:
        connection.close()


def _sign_in(station: Station, account: str, password: str) -> tuple[int, str]:
    """Tries to sign in; returns the status and the Location header, which is empty if the sign-in was refused."""
    connection = http.client.HTTPConnection("127.0.0.1", station.port, timeout=PATIENCE)
    try:
        connection.request("GET", "/desk/login")
        page = connection.getresponse()
        text, cookies = page.read().decode(), SimpleCookie(page.getheader("Set-Cookie") or "")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
        form = {"email": account, "password": password, "csrf_token": token[1] if token else ""}
        connection.request(
            "POST", "/desk/login", urlencode(form).encode(),
            {"Content-Type": "application/x-www-form-urlencoded",
             "Cookie": "; ".join(f"{name}={one.value}" for name, one in cookies.items())},
        )  # fmt: skip
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("Location") or ""
    finally:
        connection.close()


def listening(process: int) -> set[str]:
    """The IPv4 addresses on which a process and its children listen by TCP; any IPv6 address is given as "::"."""
    tree = [process]
    for pid in tree:
        tree += [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    held = {os.readlink(one) for pid in tree for one in Path(f"/proc/{pid}/fd").iterdir() if one.is_symlink()}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{process}/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            parts = line.split()
            if parts[3] == "0A" and f"socket:[{parts[9]}]" in held:
                address = bytes.fromhex(parts[1].split(":")[0])
                found.add(".".join(str(one) for one in reversed(address)) if table == "tcp" else "::")
    return found
