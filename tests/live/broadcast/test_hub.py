"""The hub, which talks to the screens, over real sockets: handshake, messages, sync, former faults of libraries."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import socketio

from server.core import wire
from server.core.wire_digest import digest
from server.live.sockets.wsgi_server import BACKLOG, LARGEST_FRAME
from tests.live.broadcast.hub_process import HALL, LARGE, SOON, Process
from tests.live.raw import RawScreen, screen

# the handshake


def test_pings_are_whole_seconds_in_the_open_packet(hub: Process) -> None:
    with screen(hub.port, None) as raw:
        packet = json.loads(raw.wait("0")[1:])
    assert (packet["pingInterval"], packet["pingTimeout"]) == (5000, 5000)
    assert packet["maxPayload"] == LARGEST_FRAME


def test_compression_is_not_agreed_even_where_it_is_offered(hub: Process) -> None:
    with screen(hub.port, headers="Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n") as raw:
        assert raw.head.startswith("HTTP/1.1 101")
        assert "extensions" not in raw.head.lower()


def test_accepted_sockets_send_small_messages_at_once(hub: Process) -> None:
    with screen(hub.port), screen(hub.port):
        nodelay = hub.look()["nodelay"]
    assert len(nodelay) >= 2
    assert set(nodelay) == {1}


def test_the_backlog_is_as_long_as_the_system_lets_it_be(hub: Process) -> None:
    allowed = int(Path("/proc/sys/net/core/somaxconn").read_text())
    assert hub.look()["backlog"] == min(BACKLOG, allowed)


def test_the_async_mode_is_gevent(hub: Process) -> None:
    assert hub.look()["async_mode"] == "gevent"


def test_what_connect_sends_comes_after_the_connect_packet(hub: Process) -> None:
    with screen(hub.port, None) as raw:
        assert raw.connect({"board": HALL}).startswith("40{")
        event, state = json.loads(raw.wait("42")[2:])
    assert event == "state"
    assert state["board"]["slug"] == HALL
    assert (state["epoch"], state["revision"]) == ("e", 7)


@pytest.mark.parametrize(
    "auth", [{"board": "rieng"}, {"board": "khong-co"}, {"board": 7}, {"board": ["hoi-truong"]}, {}, [], "x", None]
)
def test_unknown_and_private_boards_are_refused_with_the_same_text(hub: Process, auth: Any) -> None:
    with screen(hub.port, None) as raw:
        raw.connect(auth)
        refusal = raw.wait("41")
        assert not [packet for packet in raw.packets if "state" in packet]
    assert json.loads(refusal.removeprefix("41")) == {"message": "Không có bảng tin công cộng này"}


def test_viewers_are_limited_and_a_place_becomes_free_again(strict: Process) -> None:
    three = [RawScreen(strict.port) for _ in range(3)]
    for one in three:
        assert one.connect({"board": HALL}).startswith("40")
    with screen(strict.port, None) as raw:
        raw.connect({"board": HALL})
        assert "Quá nhiều người xem" in json.loads(raw.wait("41").removeprefix("41"))["message"]
    for one in three:
        one.close()
    assert strict.look_until(lambda seen: seen["watching"][HALL] == 0)["watching"][HALL] == 0
    with screen(strict.port):
        assert strict.look()["watching"][HALL] == 1


@pytest.mark.parametrize(
    ("board", "order"),
    [("bo-di", {"do": "remove"}), ("an-di", {"do": "hide"}), ("chuyen-di", {"do": "move", "to": "chua-len-song"})],
)
def test_viewers_of_a_removed_or_hidden_board_are_disconnected(
    hub: Process, board: str, order: dict[str, str]
) -> None:
    with screen(hub.port, board) as here, screen(hub.port) as there:
        hub.tell(board=board, **order)
        assert here.gone()
        hub.tell(do="send", board=HALL, count=1, size=3)
        assert json.loads(there.wait('42["notice"')[2:])[1]["html"] == "aaa"


# messages to clients


def test_a_board_receives_only_its_own_messages(hub: Process) -> None:
    with screen(hub.port) as here, screen(hub.port, "thu-hai") as there:
        hub.tell(do="send", board=HALL, count=1, size=3)
        hub.tell(do="send", board="thu-hai", count=1, size=5)
        assert json.loads(here.wait('42["notice"')[2:])[1]["html"] == "aaa"
        assert json.loads(there.wait('42["notice"')[2:])[1]["html"] == "aaaaa"


def test_a_state_of_many_slides_is_sent_in_parts(hub: Process) -> None:
    with screen(hub.port, "dai") as raw:
        parts: list[dict[str, Any]] = []
        while not parts or len(parts) < parts[0]["of"]:
            text = raw.wait("42")
            assert len(text.encode()) <= wire.LARGEST_MESSAGE + 50 or hub.fanout == "stock"
            parts.append(json.loads(text[2:])[1])
    state = json.loads("".join(part["text"] for part in parts))
    assert len(parts) > 1
    assert len(state["lap"]["slides"]) == 200
    assert state["back"] == wire.SHORTEST_RETURN


def test_bodies_are_sent_one_message_at_a_time_and_a_notice_in_between(hub: Process) -> None:
    wanted = [f"{'0' * 15}{digit:x}" for digit in range(16)]
    got: list[str] = []
    with screen(hub.port) as raw:
        raw.send("42" + json.dumps(["want", wanted]))
        first = raw.wait("42")  # the state that is sent on connecting
        assert first.startswith('42["state"')
        while len(got) < 16:
            batch = raw.wait("42")
            number, _, words = batch[2:].partition("[")
            assert number.isdigit()
            bodies = json.loads("[" + words)[1]
            assert len(json.dumps(bodies)) <= 1.1 * wire.LARGEST_MESSAGE
            got += [body["hash"] for body in bodies]
            if len(got) < 16:
                # The last batch is not acknowledged yet, so no more bodies are sent; a notice is sent all the same.
                hub.tell(do="send", board=HALL, count=1, size=3)
                assert raw.wait("42").startswith('42["notice"')
            raw.send(f"43{number}[]")
    assert got == wanted


def test_a_large_body_is_sent_in_parts_to_a_client_that_joins_them(hub: Process) -> None:
    wanted = "f" * 16
    with screen(hub.port, None) as raw:
        assert raw.connect({"board": "to", "parts": True}).startswith("40")
        raw.wait('42["state"')
        raw.send("42" + json.dumps(["want", [wanted]]))
        parts: list[dict[str, Any]] = []
        while not parts or len(parts) < parts[0]["of"]:
            packet = raw.wait("42")
            assert len(packet.encode()) <= wire.LARGEST_MESSAGE + 50 or hub.fanout == "stock"
            number, _, words = packet[2:].partition("[")
            name, part = json.loads("[" + words)
            assert (name, part["hash"], part["at"]) == ("body", wanted, len(parts))
            parts.append(part)
            raw.send(f"43{number}[]")
    assert len(parts) > 6
    assert "".join(part["text"] for part in parts) == LARGE


@pytest.mark.parametrize("level", ["priority", "urgent"])
def test_a_large_notice_comes_after_its_body_in_parts_to_a_client_that_joins_them(hub: Process, level: str) -> None:
    """A client of the previous release gets it in one message."""
    with screen(hub.port, None) as raw, screen(hub.port) as old:
        assert raw.connect({"board": HALL, "parts": True}).startswith("40")
        raw.wait('42["state"')
        old.wait('42["state"')
        hub.tell(do="send", board=HALL, count=1, size=40_000, level=level)
        texts = ""
        while not (packet := raw.wait("42")).startswith('42["notice"'):
            assert len(packet.encode()) <= wire.LARGEST_MESSAGE + 50 or hub.fanout == "stock"
            name, part = json.loads(packet[2:])
            assert (name, part["hash"]) == ("body", "f" * 16)
            texts += part["text"]
        assert texts == "a" * 40_000
        assert json.loads(packet[2:])[1]["html"] == ""
        assert json.loads(old.wait('42["notice"')[2:])[1]["html"] == "a" * 40_000


def test_a_client_of_the_previous_release_gets_a_large_body_in_one_message(hub: Process) -> None:
    with screen(hub.port, "to") as raw:
        raw.wait('42["state"')
        raw.send("42" + json.dumps(["want", ["f" * 16]]))
        packet = raw.wait("42")
        (body,) = json.loads(packet[packet.index("[") :])[1]
    assert body["html"] == LARGE


def test_a_body_is_sent_only_to_screens_of_boards_that_name_it(hub: Process) -> None:
    mine = f"{'0' * 15}1"
    for board, wanted in ((HALL, [mine]), ("dai", [])):
        with screen(hub.port, board) as raw:
            raw.send("42" + json.dumps(["want", [mine, "f" * 16]]))
            raw.send("421" + json.dumps(["sync", {"t0": 1}]))
            raw.wait("431")
            hub.tell(do="send", board=board, count=1, size=3)
            raw.wait('42["notice"')
            came = [packet for packet in raw.packets if "slides" in packet[:20]]
            hashes = [body["hash"] for packet in came for body in json.loads(packet[packet.index("[") :])[1]]
            assert hashes == wanted


# messages from clients


def test_sync_returns_the_times_and_sends_a_state_only_if_something_differs(hub: Process) -> None:
    with screen(hub.port) as raw:
        state = json.loads(raw.wait('42["state"')[2:])[1]
        hashes = [slide["hash"] for slide in state["lap"]["slides"]] + [state["lap"]["filler"], state["lap"]["safe"]]
        right = {"epoch": "e", "revision": 7, "have": digest(hashes), "t0": 41}
        (answer,) = raw.call("sync", right)
        assert answer["t0"] == 41
        assert answer["t1"] == answer["t2"] == state["now"]
        raw.call("sync", right)
        assert not [packet for packet in raw.packets if "state" in packet]
        raw.call("sync", right | {"revision": 6})
        assert raw.wait('42["state"')


def test_a_client_that_is_ahead_is_not_sent_a_state_that_it_would_ignore(hub: Process) -> None:
    """It may come from another server. It gets the next state, whose revision is above its own."""
    with screen(hub.port) as raw:
        raw.wait('42["state"')
        raw.call("sync", {"epoch": "e", "revision": 8, "have": "0" * 16, "t0": 41})
        assert not [packet for packet in raw.packets if "state" in packet]
        raw.call("sync", {"epoch": "before", "revision": 8, "have": "0" * 16, "t0": 41})
        assert raw.wait('42["state"')


def test_the_python_client_library_is_served_too(hub: Process) -> None:
    client, heard = socketio.Client(reconnection=False), Event()
    states: list[Any] = []

    def keep(state: Any) -> None:
        states.append(state)
        heard.set()

    client.on("state", keep)
    client.connect(f"http://127.0.0.1:{hub.port}", auth={"board": HALL}, transports=["websocket"], wait_timeout=30)
    try:
        assert heard.wait(SOON)
        assert states[0]["board"]["slug"] == HALL
        assert client.call("receipts", [{"id": "1", "kind": "shown", "at": 1}], timeout=30) is True
    finally:
        client.disconnect()


def test_nothing_is_kept_of_a_client_that_left(hub: Process) -> None:
    for _ in range(20):
        with screen(hub.port):
            pass
    seen = hub.look_until(lambda seen: seen["peers"] == 0 and seen["open"] == 0)
    assert (seen["peers"], seen["open"], seen["watching"][HALL]) == (0, 0, 0)
