"""All kinds of hostile hosts at once, read by the real harvest: each gets a clear error and delays no other."""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
import trustme

from feeds.download.http import Fetched, fetch
from feeds.download.request import FetchPolicy
from server.core.model import Source, SourceState
from server.processes.feeds_reader import FeedsReader, pools
from server.store.database.engine import Database
from server.store.sources import sources
from server.worker.harvest.harvest import CONNECTION_BROKE, Harvest
from server.worker.harvest.source_reader import SourceReader
from tests.cast import AREAS, NOW
from tests.feeds.hosts import Host, Script, drips, hangs, host, raw, responds
from tests.feeds.stories import sample_feed
from tests.live.studio import Studio

FEED = sample_feed().encode()
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
MOST_MEBIBYTES = 600
BOMB = '<!DOCTYPE r [<!ENTITY a "{}">{}]><rss><channel><item><title>&k;</title></item></channel></rss>'.format(
    "lol" * 100, "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10))
)
OUTSIDE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + sample_feed().replace("bão", "&x;")
MANY = "<rss><channel>" + "".join(f"<item><title>T{n}</title></item>" for n in range(100_000)) + "</channel></rss>"
LONG = "<rss><channel><item><title>" + "dài " * 1_200_000 + "</title></item></channel></rss>"


def _resets(server: Host, connection: socket.socket, request: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


# What a host does -> the text that its error must contain; None if its entries can be read nevertheless.
HOSTILE: dict[str, tuple[Script, str | None]] = {
    "never answers": (hangs(), "quá chậm"),
    "hangs before headers": (hangs(OK), "quá chậm"),
    "hangs in the body": (hangs(OK + b"Content-Length: 100\r\n\r\nhalf"), "quá chậm"),
    "drips": (drips(OK + b"\r\n", b"<", every=0.2), "quá chậm"),
    "endless body": (drips(OK + b"\r\n", b"<" * 50_000, every=0), "lớn quá mức"),
    "lying length": (raw(OK, b"Content-Length: 99999\r\n\r\n", FEED), None),
    "gzip bomb": (
        responds("200 OK", "Content-Encoding: gzip", body=gzip.compress(b"\0" * 80_000_000)),
        "lớn quá mức",
    ),
    "nested gzip": (responds("200 OK", "Content-Encoding: gzip, gzip", body=FEED), "kiểu nén"),
    "brotli": (responds("200 OK", "Content-Encoding: br", body=b"\x0b\x02"), "kiểu nén"),
    "xml bomb": (responds("200 OK", body=BOMB.encode()), "bom thực thể"),
    "external entity": (responds("200 OK", body=OUTSIDE.encode()), None),
    "to a private address": (responds("302 Found", "Location: http://10.0.0.1/"), "mạng nội bộ"),
    "mapped private address": (responds("302 Found", "Location: http://[::ffff:10.0.0.1]/"), "mạng nội bộ"),
    "redirects for ever": (responds("302 Found", "Location: /rss"), "quá nhiều lần"),
    "a picture": (
        responds("200 OK", "Content-Type: image/png", body=b"\x89PNG\r\n\x1a\n" + b"\0" * 99),
        "không phải",
    ),
    "keeps machines out": (responds("200 OK", body=b"<html><script>document.cookie='a=1'</script></html>"), "chặn"),
    "empty": (responds("200 OK"), "rỗng"),
    "a hundred thousand items": (responds("200 OK", body=MANY.encode()), None),
    "a title of five megabytes": (responds("200 OK", body=LONG.encode()), "lớn quá mức"),
    "broken chunks": (raw(CHUNKED, b"ffff\r\n", FEED), None),
    "429": (responds("429 Slow down", "Retry-After: 7200"), "thưa hơn"),
    "503": (responds("503 Later"), "tạm ngừng"),
    "410": (responds("410 Gone"), "gỡ bỏ"),
    "hangs up": (raw(), "sai giao thức"),
    "resets": (_resets, "gián đoạn"),
}
REBINDING = "doi-y.example"


class LocalReader(FeedsReader):
    """Resolves every name to loopback; only the second lookup of REBINDING gives a private address."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = count()

    def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
        return fetch(url, policy, etag=etag, last_modified=last_modified, resolve=self._resolve)

    def _resolve(self, name: str, _port: int) -> Sequence[str]:
        return ["10.0.0.1"] if name == REBINDING and next(self._asked) else ["127.0.0.1"]


def _clock() -> Callable[[], datetime]:
    begun = monotonic()
    return lambda: NOW + timedelta(seconds=monotonic() - begun)


def _children() -> int:
    """The resident memory of all parsing children of this process together, in MiB."""
    whole = 0
    for task in Path("/proc/self/task").iterdir():
        try:
            children = (task / "children").read_text().split()
        except FileNotFoundError:
            continue  # the thread has ended meanwhile
        for pid in children:
            try:
                if b"feeds.sandbox.child" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                    whole += sum(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS"))
            except FileNotFoundError:
                continue
    return whole


@pytest.fixture
def hosts() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def _tls(name: str, stack: ExitStack, script: Script, not_after: datetime | None = None) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(f"{name}.example", not_after=not_after).configure_cert(context)
    return stack.enter_context(host(script, tls=context)).url(name=f"{name}.example", scheme="https")


@pytest.mark.timeout(100)
def test_every_hostile_host_has_its_error_and_a_good_one_is_read_meanwhile(
    house: Studio, data: Path, hosts: ExitStack
) -> None:
    wanted: dict[str, Source] = {}
    words: dict[str, str | None] = {}

    def add(url: str, expected: str | None) -> None:
        slug = f"hostile-{len(wanted):02}"
        wanted[slug], words[slug] = Source(slug, slug, "feed", url, trust="auto"), expected

    for number, (script, expected) in enumerate(HOSTILE.values()):
        add(hosts.enter_context(host(script)).url(name=f"r{number}.example"), expected)
    add(hosts.enter_context(host(responds("302 Found", "Location: /b"))).url(name=REBINDING), "mạng nội bộ")
    add(_tls("tu-ky", hosts, responds("200 OK", body=FEED)), "Chứng thư")
    add(_tls("het-han", hosts, responds("200 OK", body=FEED), not_after=NOW - timedelta(days=9)), "Chứng thư")
    add(hosts.enter_context(host(hangs())).url(name="tls-cham.example", scheme="https"), "chậm")
    good = hosts.enter_context(host(responds("200 OK", body=FEED)))
    well = Source("well", "Khỏe", "feed", good.url(), trust="auto", every=timedelta(seconds=0.5))
    sources.seed(house.db, areas=AREAS, sources=[*wanted.values(), well], boards=(), now=NOW)

    clock, reader = _clock(), LocalReader()
    db = Database.open("sqlite:///bangtin.db", data)  # waits longer for the lock than the studio's, for busy machines
    source_reader = SourceReader(
        db,
        reader,
        clock,
        base=data,
        folder=data,
        allow_private=("127.0.0.1",),
    )
    harvest = Harvest(db, reader, source_reader, clock, worker="a", pools=pools(), spread=lambda: 0.0)
    states: dict[str, SourceState] = {}
    nobody, peak, deadline = Event(), 0, monotonic() + 90
    while any(states[slug].last_try is None for slug in wanted) if states else True:
        assert monotonic() < deadline, [slug for slug in wanted if states[slug].last_try is None]
        harvest.tick()
        nobody.wait(0.05)
        peak = max(peak, _children())
        states = {state.slug: state for state in sources.states(house.db)}

    names = dict(zip(wanted, [*HOSTILE, "rebinding", "unknown authority", "expired", "slow TLS"], strict=True))
    for slug, expected in words.items():
        if expected is None:
            assert (states[slug].last_error, states[slug].last_good is not None) == ("", True), names[slug]
        else:
            assert expected in states[slug].last_error, (names[slug], states[slug].last_error)
    assert {names[slug] for slug in wanted if states[slug].warning == CONNECTION_BROKE} == {
        "lying length",
        "broken chunks",
    }
    assert {names[slug] for slug in wanted if states[slug].gone} == {"410"}
    assert states["well"].failures == 0
    assert len(good.asked) > 5
    db.close()
    assert 0 < peak < MOST_MEBIBYTES
