"""The specifications of Engine.IO 4 and Socket.IO 5, case by case, with both fan-outs and on every transport.

In the order of the specifications' own tests: handshake, message, heartbeat, close, upgrade; connect, disconnect,
event, acknowledgement, binary. A test named "known difference" shows where the library differs from a specification;
docs/decisions/0007 says why that is left.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import websocket

from tests.live.echo import Echo
from tests.station import until

PATIENCE = 30
DIRECT = "direct"
POLLING, WEBSOCKET = "transport=polling", "transport=websocket"
TWO = '[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'


@pytest.fixture(scope="module", params=[DIRECT, "stock"])
def echo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Echo]:
    """A server with slow pings."""
    server = Echo(request.param, tmp_path_factory.mktemp("protocol") / "stderr", interval=20, timeout=20)
    yield server
    server.close()


@pytest.fixture(scope="module", params=[DIRECT, "stock"])
def quick(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Echo]:
    """A server that pings every 300 ms and allows 200 ms for the pong."""
    server = Echo(request.param, tmp_path_factory.mktemp("quick") / "stderr", interval=0.3, timeout=0.2)
    yield server
    server.close()


def ask(echo: Echo, query: str, *, method: str = "GET", body: str | None = None) -> tuple[int, str]:
    """Status and body of one request of the polling transport."""
    connection = http.client.HTTPConnection("127.0.0.1", echo.port, timeout=PATIENCE)
    try:
        connection.request(method, f"/socket.io/?{query}", body.encode() if body is not None else None)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def session(echo: Echo) -> str:
    """The query string of a new polling session."""
    _, text = ask(echo, f"EIO=4&{POLLING}")
    return f"EIO=4&{POLLING}&sid={json.loads(text[1:])['sid']}"


@contextmanager
def socket(echo: Echo, query: str = f"EIO=4&{WEBSOCKET}") -> Iterator[websocket.WebSocket]:
    """A WebSocket that has not read anything yet."""
    made = websocket.create_connection(f"ws://127.0.0.1:{echo.port}/socket.io/?{query}", timeout=PATIENCE)
    try:
        yield made
    finally:
        made.shutdown()  # type: ignore[no-untyped-call] # the package is typed, except for this


def received_text(made: websocket.WebSocket) -> str:
    """The next text."""
    text = made.recv()
    assert isinstance(text, str)
    return text


@contextmanager
def connected(echo: Echo, space: str = "") -> Iterator[websocket.WebSocket]:
    """A WebSocket in the default namespace, or in ``space`` ("/custom,"), that has read the answers."""
    with socket(echo) as made:
        received_text(made)
        made.send(f"40{space}")
        assert received_text(made).startswith(f"40{space}")
        assert received_text(made) == f'42{space}["auth",{{}}]'
        yield made


def closed(made: websocket.WebSocket) -> bool:
    """Reads until the server has closed the connection; False if it sends anything but pings before."""
    try:
        while True:
            if received_text(made) not in ("2", "1", ""):
                return False
            if not made.connected:
                return True
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        return True


# Engine.IO, handshake


@pytest.mark.parametrize("way", [POLLING, WEBSOCKET])
def test_the_open_packet_has_five_fields(echo: Echo, way: str) -> None:
    if way == POLLING:
        status, text = ask(echo, f"EIO=4&{way}")
        assert status == 200
    else:
        with socket(echo) as made:
            text = received_text(made)
    assert text[0] == "0"
    packet = json.loads(text[1:])
    assert isinstance(packet.pop("sid"), str)
    upgrades = ["websocket"] if way == POLLING else []
    assert packet == {"upgrades": upgrades, "pingInterval": 20_000, "pingTimeout": 20_000, "maxPayload": 1_000_000}


def test_known_difference_the_library_advertises_whole_seconds_and_websocket_upgrade_milliseconds(
    quick: Echo,
) -> None:
    with socket(quick) as made:
        packet = json.loads(received_text(made)[1:])
    assert (packet["pingInterval"], packet["pingTimeout"]) == ((300, 200) if quick.fanout == DIRECT else (0, 200))


WRONG = [
    POLLING,
    f"EIO=abc&{POLLING}",
    "EIO=4&transport=abc",
    WEBSOCKET,
    f"EIO=abc&{WEBSOCKET}",
    f"EIO=3&{WEBSOCKET}",
]


@pytest.mark.parametrize("query", WRONG)
def test_a_wrong_version_or_transport_is_refused(echo: Echo, query: str) -> None:
    assert ask(echo, query)[0] == 400
    with pytest.raises(websocket.WebSocketBadStatusException, match="400"), socket(echo, query):
        pass


def test_a_session_is_not_opened_by_another_method(echo: Echo) -> None:
    assert ask(echo, f"EIO=4&{POLLING}", method="POST", body="")[0] == 400


def test_known_difference_no_transport_means_polling_and_put_is_405(echo: Echo) -> None:
    assert ask(echo, "EIO=4")[0] == 200
    assert ask(echo, f"EIO=4&{POLLING}", method="PUT", body="")[0] == 405
    with pytest.raises(websocket.WebSocketBadStatusException, match="200"), socket(echo, "EIO=4"):
        pass


# Engine.IO, message


def test_packets_by_polling_are_separated_by_the_record_separator(echo: Echo) -> None:
    query = session(echo)
    assert ask(echo, query, method="POST", body='40\x1e42["message",1]\x1e42["message","hai"]') == (200, "OK")
    packets: list[str] = []
    while len(packets) < 4:
        packets += ask(echo, query)[1].split("\x1e")
    # The library answers events in greenlets: the answers come in any order, but after that to CONNECT.
    assert packets[0].startswith("40{")
    assert sorted(packets[1:]) == ['42["auth",{}]', '42["message-back","hai"]', '42["message-back",1]']


def test_binary_by_polling_is_base64_behind_a_b(echo: Echo) -> None:
    query = session(echo)
    ask(echo, query, method="POST", body='40\x1e451-["message",{"_placeholder":true,"num":0}]\x1ebAQIDBA==')
    packets: list[str] = []
    while len(packets) < 4:
        packets += ask(echo, query)[1].split("\x1e")
    assert packets[-2:] == ['451-["message-back",{"_placeholder":true,"num":0}]', "bAQIDBA=="]


@pytest.mark.parametrize("nonsense", ["abc", "7", "9x", "", "b", "0{}", "2probe2", "66"])
def test_a_malformed_packet_ends_the_connection(echo: Echo, nonsense: str) -> None:
    with socket(echo) as made:
        received_text(made)
        made.send(nonsense)
        assert closed(made)


def test_known_difference_a_malformed_packet_by_polling_is_dropped_and_the_session_goes_on(echo: Echo) -> None:
    query = session(echo)
    assert ask(echo, query, method="POST", body="abc")[0] == 200
    ask(echo, query, method="POST", body="40")
    assert ask(echo, query)[1].startswith("40{")
    ask(echo, query, method="POST", body="1")


# Engine.IO, heartbeat


def test_the_server_pings_and_a_client_that_answers_stays_connected(quick: Echo) -> None:
    with socket(quick) as made:
        received_text(made)
        for _ in range(4):
            assert received_text(made) == "2"
            made.send("3")


def test_the_server_pings_by_polling_too(quick: Echo) -> None:
    query = session(quick)
    for _ in range(3):
        assert ask(quick, query) == (200, "2")
        assert ask(quick, query, method="POST", body="3") == (200, "OK")
    ask(quick, query, method="POST", body="1")


def test_a_client_that_does_not_answer_pings_is_disconnected(quick: Echo) -> None:
    with socket(quick) as made:
        received_text(made)
        assert closed(made)
    query = session(quick)
    until(lambda: ask(quick, query)[0] == 400, "the session by polling has ended")


def test_a_clients_own_ping_is_ignored(echo: Echo) -> None:
    """In Engine.IO 4 only the server pings."""
    with connected(echo) as made:
        made.send("2")
        made.send('42["message",1]')
        assert received_text(made) == '42["message-back",1]'


# Engine.IO, close


def test_a_client_closes(echo: Echo) -> None:
    with socket(echo) as made:
        received_text(made)
        made.send("1")
        assert closed(made)
    query = session(echo)
    assert ask(echo, query, method="POST", body="1") == (200, "OK")
    assert ask(echo, query)[0] == 400


# Engine.IO, upgrade


@contextmanager
def upgraded(echo: Echo) -> Iterator[tuple[websocket.WebSocket, str]]:
    """A session upgraded from polling to a WebSocket, and its query string for polling."""
    query = session(echo)
    with socket(echo, query.replace(POLLING, WEBSOCKET)) as made:
        made.send("2probe")
        assert received_text(made) == "3probe"
        assert ask(echo, query) == (200, "6")
        made.send("5")
        assert received_text(made) == "6"
        yield made, query


def test_a_polling_session_is_upgraded(echo: Echo) -> None:
    with upgraded(echo) as (made, _):
        made.send("40")
        assert received_text(made).startswith("40{")


def test_an_upgraded_session_is_closed_to_polling_and_to_another_websocket(echo: Echo) -> None:
    with upgraded(echo) as (made, query):
        made.send("40")
        assert received_text(made).startswith("40{")
        assert received_text(made) == '42["auth",{}]'
        assert ask(echo, query)[0] == 400
        assert ask(echo, query, method="POST", body="42[1]")[0] == 400
        with pytest.raises(websocket.WebSocketBadStatusException), socket(echo, query.replace(POLLING, WEBSOCKET)):
            pass
        made.send('42["message","weiter"]')
        assert received_text(made) == '42["message-back","weiter"]'


def test_a_websocket_session_is_closed_to_other_connections(echo: Echo) -> None:
    with socket(echo) as made:
        sid = json.loads(received_text(made)[1:])["sid"]
        assert ask(echo, f"EIO=4&{POLLING}&sid={sid}")[0] == 400
        with pytest.raises(websocket.WebSocketBadStatusException), socket(echo, f"EIO=4&{WEBSOCKET}&sid={sid}"):
            pass
        made.send("40")
        assert received_text(made).startswith("40{")


# Socket.IO, connect


@pytest.mark.parametrize("space", ["", "/custom,"])
@pytest.mark.parametrize("auth", ["", '{"token":"123"}'])
def test_a_namespace_is_entered_with_and_without_a_payload(echo: Echo, space: str, auth: str) -> None:
    with socket(echo) as made:
        received_text(made)
        made.send(f"40{space}{auth}")
        answer = received_text(made)
        assert answer.startswith(f"40{space}{{")
        assert list(json.loads(answer.removeprefix(f"40{space}"))) == ["sid"]
        assert received_text(made) == f'42{space}["auth",{auth or "{}"}]'


def test_the_comma_may_be_left_out(echo: Echo) -> None:
    with socket(echo) as made:
        received_text(made)
        made.send("40/custom")
        assert received_text(made).startswith("40/custom,{")
        assert received_text(made) == '42/custom,["auth",{}]'


def test_known_difference_an_unknown_namespace_is_refused_with_the_librarys_text(echo: Echo) -> None:
    with socket(echo) as made:
        received_text(made)
        made.send("40/random")
        assert received_text(made) == '44/random,"Unable to connect"'


# Socket.IO, disconnect


def test_leaving_one_namespace_keeps_the_other(echo: Echo) -> None:
    with connected(echo) as made:
        made.send("40/custom")
        assert received_text(made).startswith("40/custom,")
        received_text(made)
        made.send("41/custom")
        made.send('42["message","message to main namespace"]')
        assert received_text(made) == '42["message-back","message to main namespace"]'


def test_events_after_leaving_the_namespace_are_ignored(echo: Echo) -> None:
    with connected(echo) as made:
        made.send("41")
        made.send('42["message",1]')
        made.send("40")
        assert received_text(made).startswith("40{")
        assert received_text(made) == '42["auth",{}]'


@pytest.mark.parametrize("space", ["", "/custom,"])
def test_the_server_may_disconnect_a_namespace(echo: Echo, space: str) -> None:
    with connected(echo, space) as made:
        made.send(f'42{space}["leave"]')
        assert received_text(made) == f"41{space}"


# Socket.IO, events, acknowledgements, binary


@pytest.mark.parametrize("space", ["", "/custom,"])
@pytest.mark.parametrize("words", ['1,"2",{"3":[true]}', '"ế\\n\\"",null,[[]]', "{}"])
def test_an_event_is_echoed_unchanged(echo: Echo, space: str, words: str) -> None:
    with connected(echo, space) as made:
        made.send(f'42{space}["message",{words}]')
        answer = received_text(made)
        assert answer.startswith(f"42{space}[")
        assert json.loads(answer.removeprefix(f"42{space}")) == json.loads(f'["message-back",{words}]')


@pytest.mark.parametrize("number", ["0", "456", "999999999"])
def test_an_acknowledgement_has_its_events_number(echo: Echo, number: str) -> None:
    with connected(echo) as made:
        made.send(f'42{number}["message-with-ack",1,"2",{{"3":[false]}}]')
        assert received_text(made) == f'43{number}[1,"2",{{"3":[false]}}]'


@pytest.mark.parametrize(("kind", "event", "number"), [("5", "message", ""), ("5", "message-with-ack", "789")])
def test_attachments_follow_their_packet(echo: Echo, kind: str, event: str, number: str) -> None:
    with connected(echo) as made:
        made.send(f'4{kind}2-{number}["{event}",{TWO[1:]}')
        made.send_binary(b"\1\2\3")
        made.send_binary(b"\4\5\6")
        expected = f"462-{number}{TWO}" if number else f'452-["message-back",{TWO[1:]}'
        assert [made.recv() for _ in range(3)] == [expected, b"\1\2\3", b"\4\5\6"]


NO_TYPE = ["4abc", "47", "4"]
BROKEN = ["42{}", '42{"a":1}', '42abc["message",1]', "452-[1", '44{"message":"no"}']


@contextmanager
def arrived(echo: Echo, before: str) -> Iterator[websocket.WebSocket]:
    """A WebSocket in the default namespace, or in none yet."""
    if before == "connected":
        with connected(echo) as made:
            yield made
        return
    with socket(echo) as made:
        received_text(made)
        yield made


@pytest.mark.parametrize("before", ["connected", "stranger"])
@pytest.mark.parametrize("packet", NO_TYPE)
def test_a_packet_without_a_type_ends_the_connection(echo: Echo, packet: str, before: str) -> None:
    with arrived(echo, before) as made:
        made.send(packet)
        assert closed(made)


@pytest.mark.parametrize("before", ["connected", "stranger"])
@pytest.mark.parametrize("packet", BROKEN)
def test_known_difference_after_a_malformed_message_the_library_goes_on_and_the_event_socket_closes(
    echo: Echo, packet: str, before: str
) -> None:
    with arrived(echo, before) as made:
        made.send(packet)
        if echo.fanout == DIRECT:
            assert closed(made)
        else:
            made.send("40/custom,")
            assert received_text(made).startswith("40/custom,")


@pytest.mark.parametrize("packet", NO_TYPE + BROKEN)
def test_a_broken_packet_harms_nobody_else(echo: Echo, packet: str) -> None:
    with connected(echo) as other:
        with socket(echo) as made:
            received_text(made)
            made.send(packet)
        other.send('42["message",1]')
        assert received_text(other) == '42["message-back",1]'
