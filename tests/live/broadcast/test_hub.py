"""The hub over real sockets: each measured fault of the stack, and clients that are slow or send malformed data."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest
import socketio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core import wire
from server.live.broadcast.connections import LONGEST_QUEUE
from server.live.sockets.wsgi_server import BACKLOG, LARGEST_FRAME
from tests.live.raw import RawScreen, screen
from tests.paths import ROOT

HALL = "hoi-truong"
SOON = 60.0


class Process:
    """One hub_server as a process; ``errors`` gives what it wrote to stderr."""

    def __init__(self, log: Path, fanout: str, patience: float = 10.0, viewers: int = 100) -> None:
        self._log, self.fanout = log, fanout
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.live.broadcast.hub_server", fanout, str(patience), str(viewers)],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
            )  # fmt: skip
        self.port = int(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self.errors()
        return line

    def tell(self, **order: Any) -> dict[str, Any]:
        order = {"level": "priority", **order}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._line())
        return found

    def look(self) -> dict[str, Any]:
        return self.tell(do="look")

    def look_until(self, true: Any) -> dict[str, Any]:
        """Looks until the result satisfies ``true``, for at most a minute; returns the last one."""
        deadline = monotonic() + SOON
        nobody = Event()
        while not true(seen := self.look()) and monotonic() < deadline:
            nobody.wait(0.02)
        return seen

    def errors(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


@pytest.fixture(scope="module", params=["direct", "stock"])
def fanout(request: pytest.FixtureRequest) -> str:
    """Every rule holds with direct and with stock fan-out."""
    return str(request.param)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, fanout: str) -> Iterator[Process]:
    """A hub that does not disconnect a slow reader within the tests."""
    process = Process(tmp_path_factory.mktemp("hub") / "stderr", fanout, patience=600.0)
    yield process
    process.close()


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, fanout: str) -> Iterator[Process]:
    """A hub that disconnects a slow reader after two seconds, and admits three viewers."""
    process = Process(tmp_path_factory.mktemp("strict") / "stderr", fanout, patience=2.0, viewers=3)
    yield process
    process.close()


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
        assert json.loads(there.wait('42["notice"')[2:])[1]["text"] == "aaa"


# what goes out


def test_a_board_receives_only_its_own_messages(hub: Process) -> None:
    with screen(hub.port) as here, screen(hub.port, "thu-hai") as there:
        hub.tell(do="send", board=HALL, count=1, size=3)
        hub.tell(do="send", board="thu-hai", count=1, size=5)
        assert json.loads(here.wait('42["notice"')[2:])[1]["text"] == "aaa"
        assert json.loads(there.wait('42["notice"')[2:])[1]["text"] == "aaaaa"


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
        first = raw.wait("42")  # the state of connecting
        assert first.startswith('42["state"')
        while len(got) < 16:
            batch = raw.wait("42")
            number, _, words = batch[2:].partition("[")
            assert number.isdigit()
            bodies = json.loads("[" + words)[1]
            assert len(json.dumps(bodies)) <= 1.1 * wire.LARGEST_MESSAGE
            got += [body["hash"] for body in bodies]
            if len(got) < 16:
                # The batch is not acknowledged yet: no more bodies are sent, but a notice is.
                hub.tell(do="send", board=HALL, count=1, size=3)
                assert raw.wait("42").startswith('42["notice"')
            raw.send(f"43{number}[]")
    assert got == wanted


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


def test_a_slow_reader_gets_every_byte_of_a_large_message(hub: Process) -> None:
    """simple-websocket alone ignores how many bytes its socket accepted, and so loses the rest of the message."""
    size = 3_000_000
    with screen(hub.port, receive_buffer=4_096) as raw:
        hub.tell(do="send", board=HALL, count=2, size=size)
        texts = [json.loads(raw.wait('42["notice"', size=30_000)[2:])[1]["text"] for _ in range(2)]
    assert texts[0] == "a" * size
    assert texts[1] == "b" * size


def test_a_slow_reader_gets_everything_in_the_order_in_which_it_was_sent(hub: Process) -> None:
    with screen(hub.port, receive_buffer=4_096) as raw:
        for size in range(1, 6):
            hub.tell(do="send", board=HALL, count=20, size=size * 20_000)
        got = [json.loads(raw.wait('42["notice"', size=20_000)[2:])[1] for _ in range(100)]
    assert [(one["number"], len(one["text"])) for one in got] == [
        (number, size * 20_000) for size in range(1, 6) for number in range(20)
    ]


@pytest.mark.parametrize("fanout", ["direct"], indirect=True, scope="module")
def test_an_urgent_notice_passes_everything_that_waits_for_a_slow_reader(hub: Process) -> None:
    with screen(hub.port, receive_buffer=4_096) as raw:
        hub.tell(do="send", board=HALL, count=1, size=3_000_000)
        hub.tell(do="send", board=HALL, count=20, size=10)
        hub.tell(do="send", board=HALL, count=1, size=20, level="urgent")
        got = [json.loads(raw.wait('42["notice"', size=30_000)[2:])[1] for _ in range(22)]
    assert [one["notice"]["level"] for one in got] == ["priority", "urgent", *["priority"] * 20]
    assert [one["number"] for one in got[2:]] == list(range(20))


def test_a_client_that_does_not_read_is_disconnected_and_costs_no_memory(strict: Process) -> None:
    with screen(strict.port) as reader, screen(strict.port, receive_buffer=4_096) as slow:
        strict.tell(do="send", board=HALL, count=1, size=4_000_000)
        reader.wait('42["notice"')
        seen = strict.look_until(lambda seen: seen["watching"][HALL] == 1)
        assert seen["watching"][HALL] == 1
        for _ in range(12):
            strict.tell(do="send", board=HALL, count=1, size=4_000_000)
            reader.wait('42["notice"')
        after = strict.look()
        assert slow.gone()
    assert after["queued"] < 12
    # Twelve messages queued for the slow reader would be 48 MB.
    assert after["kibibytes"] - seen["kibibytes"] < 30_000


def test_a_client_whose_queue_only_grows_is_disconnected_before_it_misses_a_ping(hub: Process) -> None:
    with screen(hub.port, receive_buffer=4_096) as slow:
        hub.tell(do="send", board=HALL, count=1, size=3_000_000)
        hub.tell(do="send", board=HALL, count=LONGEST_QUEUE + 10, size=10)
        assert hub.look_until(lambda seen: seen["watching"][HALL] == 0)["watching"][HALL] == 0
        assert slow.gone()
    assert hub.look_until(lambda seen: seen["queued"] == 0)["queued"] == 0
    assert "does not read" in hub.errors()


# what comes in


def test_frames_larger_than_a_screen_sends_end_the_connection(hub: Process) -> None:
    with screen(hub.port) as raw:
        raw.send('42["health",{"x":"' + "x" * (LARGEST_FRAME + 10) + '"}]')
        assert raw.gone()
    with screen(hub.port) as raw:
        raw.send('42["health",{"x":"' + "x" * (LARGEST_FRAME - 200) + '"}]')
        assert raw.call("sync", {"t0": 5})[0]["t0"] == 5


def test_a_frame_that_announces_gigabytes_is_never_waited_for(hub: Process) -> None:
    with screen(hub.port) as raw:
        raw.send_bytes(b"\x81\xff" + (1 << 40).to_bytes(8, "big") + b"mask")
        with pytest.raises(OSError):  # noqa: PT011 - broken pipe or reset, as the system has it
            raw.send_bytes(b"x" * 50_000_000)


def test_sync_returns_the_times_and_sends_a_state_only_if_something_differs(hub: Process) -> None:
    with screen(hub.port) as raw:
        state = json.loads(raw.wait('42["state"')[2:])[1]
        hashes = [slide["hash"] for slide in state["lap"]["slides"]] + [state["lap"]["filler"], state["lap"]["safe"]]
        right = {"epoch": "e", "revision": 7, "have": wire.digest(hashes), "t0": 41}
        (answer,) = raw.call("sync", right)
        assert answer["t0"] == 41
        assert answer["t1"] == answer["t2"] == state["now"]
        raw.call("sync", right)
        assert not [packet for packet in raw.packets if "state" in packet]
        raw.call("sync", right | {"revision": 6})
        assert raw.wait('42["state"')


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["epoch", "revision", "have", "t0", "kind", "id", "errors", "board"]), inner, max_size=4
    ),
    max_leaves=10,
)  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=st.sampled_from(["want", "sync", "receipts", "health"]), words=st.lists(JSON, max_size=3))
def test_no_arguments_of_an_event_break_the_connection_or_fill_the_log(
    hub: Process, event: str, words: list[Any]
) -> None:
    before = len(hub.errors())
    with screen(hub.port) as raw:
        raw.send("42" + json.dumps([event, *words]))
        assert raw.call("sync", {"t0": 3})[0]["t0"] == 3
    assert "Traceback" not in hub.errors()[before:]


@pytest.mark.parametrize(
    "packet",
    ["4", "42", "42[", "42{}", "42[1]", "42[]", "42[[]]", "9", "x", "4x", "43", "4399[]", "45", "451-[]",
     "42" + "[" * 20_000, '42["sync",{"t0":"\\ud800"}]', "40", "41", "44{}", "\x00", "42/other,[]",
     '42["connect",{}]', "42999999999999[]", '42["disconnect"]', '42["nothing known",1]'],
)  # fmt: skip
def test_a_malformed_packet_costs_its_sender_at_most_the_connection(hub: Process, packet: str) -> None:
    before = len(hub.errors())
    with screen(hub.port) as other:
        with screen(hub.port) as malformed:
            malformed.send(packet)
        assert hub.look_until(lambda seen: seen["watching"][HALL] == 1)["watching"][HALL] == 1
        assert other.call("sync", {"t0": 9})[0]["t0"] == 9
    assert "Traceback" not in hub.errors()[before:]


@pytest.mark.parametrize("data", [b"\x81\x05hello", b"\xff\xff\xff\xff", b"\x89\xfe\xff\xff", b"\x00" * 300])
def test_broken_frames_end_only_their_own_connection(hub: Process, data: bytes) -> None:
    before = len(hub.errors())
    with screen(hub.port) as other, screen(hub.port) as malformed:
        malformed.send_bytes(data)
        malformed.sock.shutdown(1)
        assert malformed.gone()
        assert other.call("sync", {"t0": 9})[0]["t0"] == 9
    assert hub.look_until(lambda seen: seen["watching"][HALL] == 0)["watching"][HALL] == 0
    assert "Traceback" not in hub.errors()[before:]


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
