"""A board in real Chromium, and what can be asked of its glass; called by the tests of this folder and by bench."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from playwright.sync_api import BrowserContext, BrowserType, Page, Request, WebSocket

from tests.chromium import CHROMIUM, FLAGS
from tests.station import PATIENCE, Station

SIZE = {"width": 1920, "height": 1080}
VISIBLE = 'main#stage [data-slide][aria-hidden="false"]'
MILLISECONDS = round(PATIENCE * 1000)

# Asked again and again inside the page: wait_for_function would need an evaluation that the pages' policy forbids.
_WAIT = """([from, count, ms]) => new Promise((resolve, reject) => {
  const begun = performance.now();
  const look = () => {
    const found = window.bangtin ? window.bangtin.flips.filter(({ at }) => at >= from) : [];
    if (found.length >= count) resolve(found);
    else if (performance.now() - begun > ms) reject(new Error(`only ${found.length} of ${count} flips`));
    else setTimeout(look, 100);
  };
  look();
})"""


# What a photograph has to wait for; an animation without an end never is over.
_SETTLED = """async () => {
  await document.fonts.ready;
  const seen = [...document.images].filter(({ loading, complete }) => complete || loading !== "lazy");
  const moving = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity);
  await Promise.allSettled([...seen.map((image) => image.decode()), ...moving.map(({ finished }) => finished)]);
}"""


def settled(page: Page) -> None:
    """Until all has been fetched (frames too), fonts and pictures are there and nothing moves any more."""
    page.wait_for_load_state("networkidle")
    page.evaluate(_SETTLED)


@dataclass(frozen=True, slots=True)
class Flip:
    """A slide that came up: due ``at``, on the glass ``painted``; server milliseconds."""

    hash: str
    at: int
    painted: float


class Glass:
    """One page on one board, which remembers every request and every message that it was sent."""

    def __init__(self, page: Page, station: Station, board: str) -> None:
        self.page, self.station, self.board = page, station, board
        self.requests: list[str] = []
        self.messages: list[str] = []
        self.faults: list[str] = []
        page.on("request", self._requested)
        page.on("websocket", self._listen)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _requested(self, request: Request) -> None:
        self.requests.append(request.url)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.messages.append(str(frame)))

    def open(self) -> Glass:
        self.page.goto(f"{self.station.address}/board/{self.board}", wait_until="domcontentloaded")
        return self

    def wait_for(self, selector: str, *, gone: bool = False) -> None:
        """Until it can be seen, or, with ``gone``, is no longer there or hidden."""
        # Not wait_for_selector: its handle would keep what was found, and all below it, in the page's memory.
        self.page.locator(selector).first.wait_for(state="hidden" if gone else "visible", timeout=MILLISECONDS)

    def wait_for_slide(self, text: str) -> None:
        """Until the visible slide holds this text."""
        self.wait_for(f"{VISIBLE} :text({text!r})")

    def shown(self) -> str | None:
        """The hash on the glass."""
        return self.page.locator(VISIBLE).get_attribute("data-slide", timeout=MILLISECONDS)

    def link(self) -> str | None:
        return self.page.locator("html").get_attribute("data-link")

    def flips(self, count: int = 0, *, since: int = 0, seconds: float = PATIENCE) -> list[Flip]:
        """The slides due at ``since`` or later, as soon as there are ``count``."""
        found: list[dict[str, Any]] = self.page.evaluate(_WAIT, [since, count, round(seconds * 1000)])
        return [Flip(**one) for one in found]

    def asked(self, path: str) -> list[str]:
        """The requests so far whose address holds ``path``."""
        return [url for url in self.requests if path in url]

    def wait_for_message(self, *words: str) -> None:
        """Until one message over the socket has held all ``words``; what came before counts."""
        deadline = monotonic() + MILLISECONDS / 1000
        while monotonic() < deadline:
            if any(all(word in message for word in words) for message in self.messages):
                return
            # What has come meanwhile is handed over with the next frame that is drawn.
            self.page.evaluate("() => new Promise((drawn) => requestAnimationFrame(drawn))")
        raise AssertionError(f"no message with {words}")


@contextmanager
def chromium(kind: BrowserType, profile: Path, size: dict[str, int] | None = None) -> Iterator[BrowserContext]:
    """A Chromium with a profile of its own, as a screen has it; what it remembers stays in ``profile``."""
    context = kind.launch_persistent_context(
        str(profile),
        executable_path=CHROMIUM,
        args=list(FLAGS),
        chromium_sandbox=False,
        viewport=size or SIZE,  # type: ignore[arg-type] # a TypedDict of the same two keys
        reduced_motion="reduce",
    )
    try:
        yield context
    finally:
        context.close()
