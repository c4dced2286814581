"""The parser of client frames, compared with wsproto: it reads the same messages and refuses the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wsproto.frame_protocol import FrameProtocol, ParseFailed

from server.live.sockets.frames import BINARY, CLOSE, FRAGMENT, PING, TEXT, BrokenFrameError, ClientFrames

LARGEST = 64 * 1024
Message = tuple[int, Any]


def client_frame(
    opcode: int, payload: bytes, *, fin: bool = True, reserved: int = 0, mask: bytes | None = b"\x01\x02\x03\x04",
    length: int = 0,
) -> bytes:  # fmt: skip
    """Encodes any client frame, valid or not.

    ``length`` is the number of bytes that encode the payload's length (1, 3 or 9); 0: as few as possible.
    """
    size = len(payload)
    length = length or (1 if size < 126 else 3 if size < 1 << 16 else 9)
    short = size if length == 1 else 126 if length == 3 else 127
    head = bytes((fin << 7 | reserved << 4 | opcode, (mask is not None) << 7 | short))
    extended = b"" if length == 1 else size.to_bytes(length - 1, "big")
    if mask is not None:
        payload = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    return head + extended + (mask or b"") + payload


def ours(pieces: Iterable[bytes]) -> tuple[list[Message], bool]:
    """Parses the pieces with this project's parser; returns (messages before the first fault, whether one was found).

    Nothing is read after a CLOSE.
    """
    reader = ClientFrames(LARGEST)
    found: list[Message] = []
    for piece in pieces:
        try:
            for one in reader.feed(piece):
                if one != FRAGMENT:
                    found.append(one)
                if one[0] == CLOSE:
                    return found, False
        except BrokenFrameError:
            return found, True
    return found, False


def theirs(pieces: Iterable[bytes]) -> tuple[list[Message], bool]:
    reader = FrameProtocol(client=False, extensions=[])
    found: list[Message] = []
    parts: list[Any] = []
    for piece in pieces:
        reader.receive_bytes(piece)
        try:
            for one in reader.received_frames():
                if one.opcode >= CLOSE:
                    found.append((int(one.opcode), one.payload))
                    if one.opcode == CLOSE:
                        return found, False
                    continue
                parts.append(one.payload)
                if one.message_finished:
                    whole = ("" if one.opcode == TEXT else b"").join(map(type(parts[0]), parts))
                    found.append((int(one.opcode), whole))
                    parts = []
        except ParseFailed:
            return found, True
    return found, False


def plain(message: Message) -> Message:
    """The message in a form in which the results of both parsers can be compared.

    A CLOSE loses its payload, because wsproto gives code and reason instead. A bytearray becomes bytes.
    """
    opcode, payload = message
    if opcode == CLOSE:
        return opcode, None
    return opcode, payload if isinstance(payload, str) else bytes(payload)


PAYLOADS = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=60).map(str.encode),
    st.sampled_from([b"3", b"2probe", b'42["sync",{}]', b"\x03\xe8", b"\x03\xe8bye", b"\x03\xed", b"\x03"]),
    st.integers(120, 300).map(lambda size: b"x" * size),
)
FRAMES = st.builds(
    client_frame,
    st.one_of(st.sampled_from([0, 1, 2, 8, 9, 10]), st.integers(0, 15)),
    PAYLOADS,
    fin=st.sampled_from([True, True, False]),
    reserved=st.sampled_from([0, 0, 0, 0, 1, 4]),
    mask=st.one_of(st.binary(min_size=4, max_size=4), st.binary(min_size=4, max_size=4), st.none()),
)
GOOD = st.builds(
    client_frame,
    st.sampled_from([0, 1, 2, 9, 10]),
    st.text(max_size=40).map(str.encode),
    fin=st.booleans(),
    mask=st.binary(min_size=4, max_size=4),
)


def in_pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[begin:end] for begin, end in pairwise(places)]


@settings(max_examples=400)
@given(st.lists(st.one_of(FRAMES, GOOD), max_size=8), st.lists(st.integers(0, 1 << 20), max_size=6))
def test_the_same_messages_and_the_same_faults_as_wsproto(frames: list[bytes], cuts: list[int]) -> None:
    # wsproto gets all bytes at once: in an incomplete frame one of the parsers may notice a fault before the other.
    data = b"".join(frames)
    found, broken = ours(in_pieces(data, cuts))
    wanted, their_fault = theirs([data])
    assert [plain(one) for one in found] == [plain(one) for one in wanted]
    assert broken == their_fault


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_lengths_of_every_kind_are_read_as_wsproto_does(size: int) -> None:
    data = client_frame(BINARY, b"x" * size) + client_frame(TEXT, b"y")
    assert ours(in_pieces(data, [1, 3, 7, 100])) == ours([data]) == theirs([data])


@given(st.lists(st.one_of(GOOD, FRAMES), max_size=6), st.lists(st.integers(0, 1 << 20), max_size=10))
def test_how_the_bytes_are_cut_makes_no_difference(frames: list[bytes], cuts: list[int]) -> None:
    data = b"".join(frames)
    assert ours(in_pieces(data, cuts)) == ours([data])


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=5))
def test_random_bytes_raise_nothing_but_a_broken_frame(data: bytes, cuts: list[int]) -> None:
    ours(in_pieces(data, cuts))


@pytest.mark.parametrize("length", [3, 9])
def test_a_length_with_more_bytes_than_needed_is_refused(length: int) -> None:
    assert ours([client_frame(TEXT, b"abc", length=length)]) == ([], True)
    assert theirs([client_frame(TEXT, b"abc", length=length)]) == ([], True)


def test_too_large_a_message_is_refused_by_its_header_and_by_its_fragments() -> None:
    head = client_frame(TEXT, b"x" * (LARGEST + 1))[:10]
    assert ours([head]) == ([], True)
    half = b"x" * (LARGEST // 2 + 1)
    parts = [client_frame(BINARY, half, fin=False), client_frame(0, half)]
    assert ours(parts) == ([], True)
    largest = [client_frame(PING, b""), client_frame(TEXT, b"x" * LARGEST)]
    assert ours(largest) == ([(PING, b""), (TEXT, "x" * LARGEST)], False)


def test_text_may_be_fragmented_within_a_character() -> None:
    letter = "ế".encode()
    assert ours([client_frame(TEXT, letter[:1], fin=False), client_frame(0, letter[1:])]) == ([(TEXT, "ế")], False)
