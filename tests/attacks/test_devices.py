"""HTTP requests for pairing codes, screenshots and slide bodies: what strangers and stolen screens can do."""

from __future__ import annotations

import http.client
import io
import json
import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from server.live.glass import device_pages
from server.store.screens import screens
from tests.attacks.clients import ACTOR, BOARD, OTHER, client, pair, start_station
from tests.station import Station, until


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    found = start_station(tmp_path_factory.mktemp("station"), hidden=OTHER, proxies=1)
    yield found
    found.close()


def ask(
    station: Station, method: str, path: str, *, of: str = "", body: bytes = b"", key: str = ""
) -> tuple[int, Any]:
    """Sends a request; returns the status and the body, decoded if it is a JSON object, else as bytes.

    ``of`` is the client's address in X-Forwarded-For, ``key`` the screen's key; empty: the header is not sent.
    """
    connection = http.client.HTTPConnection("127.0.0.1", station.port, timeout=60)
    headers = {"X-Forwarded-For": of} if of else {}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text) if text.startswith(b"{") else text


# pairing codes


def test_an_address_that_floods_gets_no_codes_and_another_one_does(station: Station) -> None:
    flood = [ask(station, "POST", "/screen/pairing", of="203.0.113.7")[0] for _ in range(80)]
    assert flood.count(201) >= device_pages.CODES.most
    assert flood[-1] == 429
    status, opened = ask(station, "POST", "/screen/pairing", of="203.0.113.8")
    assert status == 201
    assert ask(station, "GET", f"/screen/pairing/{opened['code']}", of="203.0.113.8", key=opened["secret"])[0] == 202


def test_an_address_that_guesses_codes_is_refused_after_a_while(station: Station) -> None:
    tried = [
        ask(station, "GET", f"/screen/pairing/BBBBBB{a}{b}", of="2001:db8::1")[0]
        for a in "BCDFGHJK"
        for b in "BCDFGHJKL"
    ]
    assert set(tried) == {404, 429}
    assert tried[-1] == 429
    # All addresses of one IPv6 network (/56) count as one client.
    assert ask(station, "GET", "/screen/pairing/BBBBBBBB", of="2001:db8:0:ff::2")[0] == 429
    assert ask(station, "GET", "/screen/pairing/BBBBBBBB", of="2001:db8:0:100::2")[0] == 404


def test_what_a_client_writes_into_the_forwarded_header_itself_does_not_count(station: Station) -> None:
    flood = [ask(station, "POST", "/screen/pairing", of=f"198.51.100.{n}, 203.0.113.99")[0] for n in range(70)]
    assert flood[-1] == 429


# screenshots


def png(width: int, height: int) -> bytes:
    """Makes a PNG of one colour, which is a small file however many pixels it has."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 2, 0, 0, 0))
    row, packer = bytes(1 + 3 * width), zlib.compressobj()
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def memory(station: Station) -> int:
    """The peak resident memory of the server's process, in KiB."""
    assert station.server is not None
    status = Path(f"/proc/{station.server.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def test_a_picture_is_stored_only_for_a_command_that_waits_and_is_never_decoded_in_the_server(
    station: Station,
) -> None:
    now = station.now(BOARD)
    mine, other = pair(station, BOARD, now), pair(station, BOARD, now)
    (asked,) = screens.send(
        station.store, [mine.screen], "screenshot", until=now + timedelta(minutes=5), actor=ACTOR, now=now
    )
    path = f"/glass/screenshots/{asked.id}"
    small, before = png(1920, 1080), memory(station)
    assert ask(station, "POST", path, body=small)[0] == 401
    assert ask(station, "POST", path, body=small, key="x")[0] == 401
    assert ask(station, "POST", path, body=small, key=other.key)[0] == 404
    assert ask(station, "POST", "/glass/screenshots/999", body=small, key=mine.key)[0] == 404
    status, said = ask(station, "POST", path, body=png(8_190, 8_190), key=mine.key)
    assert (status, "20 triệu" in said["message"]) == (415, True)
    assert ask(station, "POST", path, body=b"GIF89a" + bytes(50), key=mine.key)[0] == 415
    assert ask(station, "POST", path, body=small[:900], key=mine.key)[0] == 415
    assert ask(station, "POST", path, body=small, key=mine.key) == (204, b"")
    with Image.open(io.BytesIO((station.data / "screenshots" / f"{asked.id}.webp").read_bytes())) as kept:
        assert (kept.format, kept.size) == ("WEBP", (1280, 720))
    assert ask(station, "POST", path, body=small, key=mine.key)[0] == 404
    assert [one.name for one in (station.data / "screenshots").iterdir()] == [f"{asked.id}.webp"]
    # Decoding the picture of 67 million pixels in the server would have taken 200 MB.
    assert memory(station) - before < 60_000


# slide bodies


def test_a_screens_key_reads_its_own_board_and_public_ones_only(station: Station) -> None:
    now = station.now(BOARD)
    station.announce(BOARD, "Công khai", now)
    station.announce(OTHER, "Nội bộ", now)
    outside, inside = pair(station, BOARD, now), pair(station, OTHER, now)

    def hash_of(title: str) -> str:
        state = ask(station, "GET", "/glass/state", key=inside.key)[1]
        return next((one["hash"] for one in state["lap"]["slides"] if one["title"] == title), "")

    secret = until(lambda: hash_of("Nội bộ"), "the announcement on the board that is not public")
    public = until(lambda: station.hash_of(BOARD, "Công khai"), "the announcement on the public board")
    assert ask(station, "GET", f"/glass/slides/{secret}", key=inside.key)[0] == 200
    assert ask(station, "GET", f"/glass/slides/{secret}", key=outside.key)[0] == 404
    assert ask(station, "GET", f"/glass/slides/{secret}")[0] == 404
    assert ask(station, "GET", f"/glass/slides/{secret}?board={OTHER}", key=outside.key)[0] == 404
    assert ask(station, "GET", f"/glass/slides/{public}", key=inside.key)[0] == 200
    assert ask(station, "GET", f"/glass/state?board={OTHER}", key=outside.key)[1]["board"]["slug"] == BOARD
    assert ask(station, "GET", f"/glass/state?board={OTHER}")[0] == 404
    with client(station.port, outside.auth) as raw:
        raw.send("42" + json.dumps(["want", [secret, public]]))
        packet = raw.wait("42")
        assert [one["hash"] for one in json.loads(packet[packet.index("[") :])[1]] == [public]
