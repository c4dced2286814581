"""Simulates screens of LibreSignage 0.9.0 in one thread, with the requests of its page; started by bench/peers.py.

python -m bench._pollers PORT

Each screen loads its page, then sends `GET …/status` at once and again `poll_after_ms` (2 s, a field of the response)
after each response, and a heartbeat with its token at once and every 5 s. If the playback mode in the status has
changed, the screen loads its page again; the message counts as received when the page has arrived. Styles, scripts,
the offline copy and proofs of play are left out.

The first line on standard input is a JSON list of pairs [slug, token]; "ready SECONDS" is printed when all screens
have polled once. For each later line "watching" is printed, and when all screens have loaded their page again,
"all LOST DOUBLED NS NS ...", in the format of bench/load.c.
"""

from __future__ import annotations

import asyncio
import json
import sys
from time import monotonic, monotonic_ns

SPREAD_SECONDS = 2.0
HEARTBEAT_SECONDS = 5.0
_BEAT = json.dumps({
    "cache_ready": True, "cache_revision": 0, "cache_required_bytes": 200_000, "cache_available_bytes": 10**10,
    "cache_failure_reason": None, "completed_command_ids": [], "last_error": None, "last_content_item_id": None,
    "last_content_started_at": None, "network_online": True, "playback_events": [], "service_worker_active": True,
    "storage_quota": 10**10, "storage_usage": 200_000,
})  # fmt: skip


class Watch:
    """Records when each screen has loaded its page again; ``missing`` holds the numbers of those that have not."""

    def __init__(self, count: int) -> None:
        self.all = set(range(count))
        self.missing: set[int] = set()
        self.at: list[int] = []
        self.doubled = 0

    def begin(self) -> None:
        self.missing, self.at, self.doubled = set(self.all), [], 0
        print("watching", flush=True)

    def loaded(self, number: int) -> None:
        if number in self.missing:
            self.missing.discard(number)
            self.at.append(monotonic_ns())
            if not self.missing:
                print("all 0", self.doubled, *self.at, flush=True)
        elif self.at:
            self.doubled += 1


class Screen:
    """One simulated screen, whose requests use one keep-alive connection, as those of a browser do."""

    def __init__(self, port: int, slug: str, token: str) -> None:
        self._port, self._path, self._token = port, f"/dashboard/screens/{slug}", token
        self._mode = ""

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        await self._load("normal")

    async def poll(self) -> tuple[bool, float]:
        """Polls once; returns (whether the page was loaded again, seconds until the next poll)."""
        headers = "Accept: application/json\r\nCache-Control: no-cache\r\n"
        status = json.loads(await self._ask("GET", "status", headers))
        if status["playback_mode"] == self._mode:
            return False, status["poll_after_ms"] / 1000
        await self._load(status["playback_mode"])
        return True, 0.0

    async def beat(self) -> None:
        headers = f"Authorization: Bearer {self._token}\r\nContent-Type: application/json\r\n"
        await self._ask("POST", "heartbeat", headers, _BEAT)

    async def _load(self, mode: str) -> None:
        page = await self._ask("GET", "player", "Accept: text/html\r\n")
        emergency = b'data-playback-mode="emergency"' in page
        assert emergency == (mode == "emergency"), f"{self._path} is not in {mode}"
        self._mode = mode

    async def _ask(self, method: str, what: str, headers: str, body: str = "") -> bytes:
        first = f"{method} {self._path}/{what} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        self._writer.write(f"{first}{headers}{length}\r\n{body}".encode())
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        assert " 200 " in head.partition("\r\n")[0], f"{what}: {head}"
        return await self._reader.readexactly(int(head.partition("content-length:")[2].split()[0]))


async def show(screen: Screen, number: int, watch: Watch, count: int, asked: asyncio.Semaphore) -> None:
    """Runs one screen until it is cancelled; releases ``asked`` after its first poll.

    The ``count`` screens start one after the other within ``SPREAD_SECONDS``, in the order of their ``number``.
    """
    await asyncio.sleep(SPREAD_SECONDS * number / count)
    await screen.open()
    beat_due = poll_due = monotonic()
    first = True
    while True:
        await asyncio.sleep(max(0.0, min(beat_due, poll_due) - monotonic()))
        if beat_due < poll_due:
            await screen.beat()
            beat_due += HEARTBEAT_SECONDS
            continue
        again, pause = await screen.poll()
        poll_due = monotonic() + pause
        if again:
            watch.loaded(number)
            beat_due = monotonic()
        if first:
            first = False
            asked.release()


async def commands() -> asyncio.StreamReader:
    """Standard input as an asynchronous stream."""
    reader = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


async def main(port: int) -> None:
    begun, lines = monotonic(), await commands()
    screens: list[tuple[str, str]] = json.loads(await lines.readline())
    watch, asked = Watch(len(screens)), asyncio.Semaphore(0)
    async with asyncio.TaskGroup() as lives:
        running = [
            lives.create_task(show(Screen(port, slug, token), number, watch, len(screens), asked))
            for number, (slug, token) in enumerate(screens)
        ]
        for _ in screens:
            await asked.acquire()
        print("ready", f"{monotonic() - begun:.3f}", flush=True)
        while await lines.readline():
            watch.begin()
        for life in running:
            life.cancel()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
