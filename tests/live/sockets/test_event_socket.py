"""An event socket with clients that send too much at once or break the protocol, over real sockets."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest
from wsproto.frame_protocol import CloseReason, FrameProtocol, Opcode

from server.live.sockets.frame_receiver import MOST_UNHANDLED
from server.live.sockets.frames import MOST_FRAGMENTS
from tests.live.echo import Echo
from tests.live.raw import PATIENCE, screen

LARGEST = 1_000_000  # bytes, the largest message that the echo server accepts


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Echo]:
    server = Echo("direct", tmp_path_factory.mktemp("event_socket") / "stderr", interval=20, timeout=20)
    yield server
    server.close()


@pytest.mark.parametrize("connected", [True, False])
def test_a_client_that_sends_thousands_of_messages_at_once_loses_none(echo: Echo, connected: bool) -> None:
    count = 10 * MOST_UNHANDLED
    with screen(echo.port, "x" if connected else None) as made:
        texts = [] if connected else ["40"]
        texts += [f'42["message",{number}]' for number in range(count)]
        made.send_bytes(b"".join(_text(one) for one in texts))
        got = {json.loads(made.wait('42["message-back"')[2:])[1] for _ in range(count)}
    assert got == set(range(count))


def test_messages_behind_a_full_inbox_are_handled_before_a_close(echo: Echo) -> None:
    with screen(echo.port, "x") as made:
        sent = [_text('42["message",1]')] * (2 * MOST_UNHANDLED) + [_text('42["message-with-ack",2]')]
        made.send_bytes(b"".join(sent))
        assert made.call("message-with-ack", "still here") == ["still here"]


def _text(text: str) -> bytes:
    return _frame(Opcode.TEXT, text.encode())


def _frame(opcode: Opcode, payload: bytes, *, fin: bool = True) -> bytes:
    return bytes(FrameProtocol(client=True, extensions=[])._serialize_frame(opcode, payload, fin))


BROKEN = {
    "not masked": (b"\x81\x02hi", CloseReason.PROTOCOL_ERROR),
    "a reserved bit": (b"\xc1\x80\0\0\0\0", CloseReason.PROTOCOL_ERROR),
    "no UTF-8": (_frame(Opcode.TEXT, b"\xff\xfe"), CloseReason.INVALID_FRAME_PAYLOAD_DATA),
    "too large": (b"\x81\xff" + (LARGEST + 1).to_bytes(8, "big") + b"mask", CloseReason.MESSAGE_TOO_BIG),
    "no packet": (_text("9"), CloseReason.POLICY_VIOLATION),
    "no message": (_text("42{"), CloseReason.POLICY_VIOLATION),
    "endless fragments": (
        _frame(Opcode.TEXT, b"", fin=False) + _frame(Opcode.CONTINUATION, b"", fin=False) * MOST_FRAGMENTS,
        CloseReason.POLICY_VIOLATION,
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_protocol_is_answered_with_its_close_code_and_counted(echo: Echo, name: str) -> None:
    said, code = BROKEN[name]
    before = _refused(echo)
    with screen(echo.port, None) as made:
        made.wait("0")
        made.send_bytes(_text("40") + said)
        assert _close_code(made.sock) == code
    assert _refused(echo) == before + 1


def test_a_hundred_broken_clients_are_one_line_in_the_log_and_one_reason(
    echo: Echo,
) -> None:
    with screen(echo.port, None) as made:
        made.send_bytes(_text("9"))
        _close_code(made.sock)
    lines, before = echo.log.read_text().count("\n"), _refused(echo)
    reasons = set(echo.tell("look")["refused"])
    for number in range(100):
        with screen(echo.port, None) as made:
            made.send_bytes(_text("40") + _text(f'42["message",{number}'))
            assert _close_code(made.sock) == CloseReason.POLICY_VIOLATION
    assert _refused(echo) == before + 100
    assert set(echo.tell("look")["refused"]) - reasons <= {"cut: not understood"}
    assert echo.log.read_text().count("\n") - lines <= 1


def _refused(echo: Echo) -> int:
    return sum(echo.tell("look")["refused"].values())


def test_as_many_fragments_as_a_message_may_have_are_joined(echo: Echo) -> None:
    text = '42["message","' + "a" * (MOST_FRAGMENTS - 16) + '"]'
    parts = [text[at : at + 1].encode() for at in range(len(text))]
    parts = [*parts[: MOST_FRAGMENTS - 1], b"".join(parts[MOST_FRAGMENTS - 1 :])]
    frames = [
        _frame(Opcode.TEXT if at == 0 else Opcode.CONTINUATION, part, fin=at == len(parts) - 1)
        for at, part in enumerate(parts)
    ]
    with screen(echo.port, "x") as made:
        made.send_bytes(b"".join(frames))
        assert made.wait('42["message-back"').startswith('42["message-back","aaa')


def _close_code(sock: socket.socket) -> int:
    """Reads until the server closes the connection; returns the code of the Close frame that it sends last."""
    sock.settimeout(PATIENCE)
    said = b""
    while piece := sock.recv(65_536):
        said += piece
    assert said[-4:-2] == b"\x88\x02", said[-40:]
    return int.from_bytes(said[-2:], "big")
