"""The hub over real sockets with clients that read slowly, never read, or send malformed data."""

from __future__ import annotations

import http.client
import json
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.live.broadcast.connections import LONGEST_QUEUE
from server.live.sockets.wsgi_server import LARGEST_FRAME
from tests.live.broadcast.hub_process import HALL, Process
from tests.live.raw import PATIENCE, screen


def test_a_slow_reader_gets_every_byte_of_a_large_message(hub: Process) -> None:
    """simple-websocket alone loses the rest of a message of which the socket accepted only a part."""
    size = 3_000_000
    with screen(hub.port, receive_buffer=4_096) as raw:
        hub.tell(do="send", board=HALL, count=2, size=size)
        texts = [json.loads(raw.wait('42["notice"', size=30_000)[2:])[1]["html"] for _ in range(2)]
    assert texts[0] == "a" * size
    assert texts[1] == "b" * size


def test_a_slow_reader_gets_everything_in_the_order_in_which_it_was_sent(hub: Process) -> None:
    with screen(hub.port, receive_buffer=4_096) as raw:
        for size in range(1, 6):
            hub.tell(do="send", board=HALL, count=20, size=size * 20_000)
        got = [json.loads(raw.wait('42["notice"', size=20_000)[2:])[1] for _ in range(100)]
    assert [(one["number"], len(one["html"])) for one in got] == [
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
    # If the twelve messages were queued for the slow reader, they would take 48 MB.
    assert after["kibibytes"] - seen["kibibytes"] < 30_000


def test_a_client_whose_queue_only_grows_is_disconnected_before_it_misses_a_ping(hub: Process) -> None:
    with screen(hub.port, receive_buffer=4_096) as slow:
        hub.tell(do="send", board=HALL, count=1, size=3_000_000)
        hub.tell(do="send", board=HALL, count=LONGEST_QUEUE + 10, size=10)
        assert hub.look_until(lambda seen: seen["watching"][HALL] == 0)["watching"][HALL] == 0
        assert slow.gone()
    assert hub.look_until(lambda seen: seen["queued"] == 0)["queued"] == 0
    assert "does not read" in hub.errors() or hub.look()["refused"]["does not read"] >= 1


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


@pytest.mark.parametrize("fanout", ["direct"], indirect=True, scope="module")
def test_nobody_polls_and_requests_that_are_no_text_leave_no_line_in_the_log(hub: Process) -> None:
    with screen(hub.port, board=None) as raw:
        own = json.loads(raw.wait("0")[1:])["sid"]
        sessions = ["", "&sid=x", f"&sid={own}"]
        for once in (True, False):
            before = hub.errors()
            for method, transport, sid in product(("GET", "POST"), ("polling", "websocket"), sessions):
                assert _status(hub.port, method, f"/socket.io/?EIO=4&transport={transport}{sid}") == 400
            # The library logs a kind of fault only when it sees it for the first time.
            assert once or hub.errors() == before
        assert "Traceback" not in hub.errors()
        assert hub.look()["peers"] == 1, "the WebSocket"


def _status(port: int, method: str, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, b"\xff\xfe" if method == "POST" else None)
        return connection.getresponse().status
    finally:
        connection.close()
