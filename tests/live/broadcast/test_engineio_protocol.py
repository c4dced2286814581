"""The specification of Engine.IO 4, case by case, with direct and stock fan-out, on every transport.

The order is that of the specification's own tests: handshake, message, heartbeat, close, upgrade. A test named "known
difference" shows where the library differs from the specification; docs/decisions/0007 says why it is accepted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import websocket

from tests.live.broadcast.protocol_client import (
    DIRECT,
    POLLING,
    WEBSOCKET,
    ask,
    closed,
    connected,
    received_text,
    session,
    socket,
)
from tests.live.echo import Echo
from tests.station import until

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
    # The library handles each event in its own greenlet, so their answers come in any order, but after that to
    # CONNECT.
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
    """In Engine.IO 4 only servers send pings; a ping of a client has no effect."""
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
    """Upgrades a new polling session to a WebSocket; yields the socket and the session's polling query string."""
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
