"""The specification of Socket.IO 5, case by case, with direct and stock fan-out, on every transport.

The order is that of the specification's own tests: connect, disconnect, event, acknowledgement, binary. A test named
"known difference" shows where the library differs from the specification; docs/decisions/0007 says why it is
accepted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import websocket

from tests.live.broadcast.protocol_client import (
    DIRECT,
    closed,
    connected,
    received_text,
    socket,
)
from tests.live.echo import Echo

TWO = '[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'


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
    """Opens a WebSocket; it is connected to the default namespace if ``before`` is "connected", else to none yet."""
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
