"""Opens a board in a real Chromium and records what the page shows; called by browser tests and bench."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from playwright.sync_api import BrowserContext, BrowserType, Page, Request, WebSocket

from tests.chromium import FLAGS, TEST_CHROMIUM
from tests.station import PATIENCE, Station, until

SIZE = {"width": 1920, "height": 1080}
VISIBLE = 'main#stage [data-slide][aria-hidden="false"]'

# Polls inside the page: wait_for_function uses eval, which the pages' Content-Security-Policy forbids.
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


# What a screenshot has to wait for. Endless animations are left out, because they never finish.
_SETTLED = """async () => {
  await document.fonts.ready;
  const seen = [...document.images].filter(({ loading, complete }) => complete || loading !== "lazy");
  const moving = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity);
  await Promise.allSettled([...seen.map((image) => image.decode()), ...moving.map(({ finished }) => finished)]);
}"""


def settled(page: Page) -> None:
    """Waits until the page and its frames are loaded, fonts and pictures are decoded and animations are over."""
    page.wait_for_load_state("networkidle")
    page.evaluate(_SETTLED)


@dataclass(frozen=True, slots=True)
class Flip:
    """A slide that was shown: when it was due (``at``) and painted (``painted``), in milliseconds of server time."""

    hash: str
    at: int
    painted: float


class Glass:
    """A page that shows a board; records its requests, the WebSocket messages it receives, and its script errors."""

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
        """Waits until the element is visible or, with ``gone``, until it is hidden or removed."""
        # Not wait_for_selector: its element handle would keep the whole subtree in the page's memory.
        self.page.locator(selector).first.wait_for(state="hidden" if gone else "visible")

    def wait_for_slide(self, text: str) -> None:
        """Waits until the visible slide contains this text."""
        self.wait_for(f"{VISIBLE} :text({text!r})")

    def shown(self) -> str | None:
        """The hash of the visible slide."""
        return self.page.locator(VISIBLE).get_attribute("data-slide")

    def wait_for_offline_worker(self) -> None:
        """Waits until the page's service worker controls it: from then on the page loads without a server."""
        until(lambda: self.page.evaluate("navigator.serviceWorker.controller !== null"), "the offline worker")

    def link(self) -> str | None:
        return self.page.locator("html").get_attribute("data-link")

    def flips(self, count: int = 0, *, since: int = 0, seconds: float = PATIENCE) -> list[Flip]:
        """Waits until ``count`` slides or more were shown that were due at ``since`` (milliseconds) or later.

        Returns all such slides so far. Fails after ``seconds``.
        """
        found: list[dict[str, Any]] = self.page.evaluate(_WAIT, [since, count, round(seconds * 1000)])
        return [Flip(**one) for one in found]

    def asked(self, path: str) -> list[str]:
        """The addresses of the requests so far that contain ``path``."""
        return [url for url in self.requests if path in url]

    def wait_for_message(self, *words: str) -> None:
        """Waits for a WebSocket message that contains all ``words``; earlier messages count too."""
        deadline = monotonic() + PATIENCE
        while monotonic() < deadline:
            if any(all(word in message for word in words) for message in self.messages):
                return
            # Playwright delivers events only during a call; this call lasts one frame of the page.
            self.page.evaluate("() => new Promise((drawn) => requestAnimationFrame(drawn))")
        raise AssertionError(f"no message with {words}")


@contextmanager
def chromium(kind: BrowserType, profile: Path, size: dict[str, int] | None = None) -> Iterator[BrowserContext]:
    """Starts a Chromium whose storage is kept in the folder ``profile``, as on a screen; closes it on exit."""
    context = kind.launch_persistent_context(
        str(profile),
        executable_path=TEST_CHROMIUM,
        args=list(FLAGS),
        chromium_sandbox=False,
        viewport=size or SIZE,  # type: ignore[arg-type] # a TypedDict of the same two keys
        reduced_motion="reduce",
    )
    try:
        yield context
    finally:
        context.close()
