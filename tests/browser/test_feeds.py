"""A new item of a feed is shown with correct letters, in the encodings that portals really use."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from server.slides.kinds.calm import WAITING
from tests.browser.glass import VISIBLE, Glass
from tests.station import Feed, Station, config_text, until

pytestmark = pytest.mark.browser

TITLE = "Đường Nguyễn Huệ mở rộng, ngập úng ở Quỳnh Phụ đã hết"
SUMMARY = "Kỹ sư nói: nước rút."
SHAREPOINT = "Cannot retrieve the URL specified in the Content Link property. For more assistance, contact your site."
TONES = "\u0300\u0301\u0303\u0309\u0323"


def feed(items: int, declared: str = "") -> str:
    """An RSS feed with no item (0), the old item (1), or the new and the old item (2).

    The new item contains scripts and an error message of SharePoint. ``declared`` is added to the XML declaration.
    """
    body = f"&lt;p&gt;{SHAREPOINT}&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;{SUMMARY}&lt;/b&gt;"
    new = f"<item><title>{TITLE}&lt;script&gt;alert(2)&lt;/script&gt;</title><guid>moi</guid>"
    new += f"<description>{body}</description></item>"
    old = "<item><title>Tin cũ</title><guid>cu</guid><description>Đã đăng.</description></item>"
    prolog = f'<?xml version="1.0"{declared}?>'
    told = (new if items > 1 else "") + (old if items else "")
    return f'{prolog}<rss version="2.0"><channel><title>T</title>{told}</channel></rss>'


def windows_1258(items: int) -> bytes:
    """The feed in windows-1258, as Windows writes it: a precomposed letter (â, ơ), then the tone as a mark."""
    letters = []
    for letter in feed(items, ' encoding="windows-1258"'):
        parts = unicodedata.normalize("NFD", letter)
        rest = unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES))
        letters.append(rest + "".join(part for part in parts if part in TONES))
    return "".join(letters).encode("cp1258")


ENCODINGS: dict[str, Callable[[int], bytes]] = {
    "windows-1258": windows_1258,
    "utf-16-without-bom": lambda items: feed(items).encode("utf-16-le"),
    "decomposed": lambda items: unicodedata.normalize("NFD", feed(items)).encode(),
    "utf-8-twice": lambda items: feed(items).encode().decode("latin-1").encode(),
}


class Portal:
    """A host on loopback with one feed per encoding; ``items`` is the number of items in each."""

    def __init__(self) -> None:
        self.items = 1
        portal = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = ENCODINGS[self.path.strip("/")](portal.items)
                self.send_response(200)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Writes no access log."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def address(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/{name}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def portal() -> Iterator[Portal]:
    made = Portal()
    yield made
    made.close()


# Records every text of the line "Tiếp theo" (next) from now on.
_WATCH_NEXT = """() => {
  const line = document.getElementById("next-title");
  window.named = [line.textContent];
  new MutationObserver(() => window.named.push(line.textContent)).observe(line, { childList: true });
}"""


def test_a_new_item_reaches_the_glass_with_every_letter(
    portal: Portal, stations: Callable[[str], Station], look: Callable[[Station, str], Glass]
) -> None:
    feeds = [Feed(name, portal.address(name), minutes=0.03) for name in ENCODINGS]
    station = stations(config_text(ENCODINGS, feeds, {name: [name] for name in ENCODINGS})).start()
    glasses = [look(station, name) for name in ENCODINGS]
    for glass in glasses:
        glass.wait_for_slide("Tin cũ")
        glass.page.evaluate(_WATCH_NEXT)
    portal.items = 2
    for name in ENCODINGS:
        until(lambda name=name: TITLE in station.titles(name), f"the new item of {name}")  # type: ignore[misc]
    for glass in glasses:
        glass.wait_for_slide(TITLE)
        seen = glass.page.locator(VISIBLE).inner_text()
        assert SUMMARY in seen
        assert [word for word in ("Cannot retrieve", "script", "alert", "<", "&lt;") if word in seen] == []
        # A running slide is not cut, so the line "Tiếp theo" named the headline before its slide was shown.
        assert TITLE in glass.page.evaluate("window.named")


def test_a_board_with_nothing_to_show_turns_to_the_first_item_without_waiting(
    portal: Portal, stations: Callable[[str], Station], look: Callable[[Station, str], Glass]
) -> None:
    name = "decomposed"
    portal.items = 0
    station = stations(config_text([name], [Feed(name, portal.address(name), minutes=0.03)], {name: [name]})).start()
    glass = look(station, name)
    glass.wait_for_slide(WAITING)
    portal.items = 1
    glass.wait_for_slide("Tin cũ")
    first = next(flip for flip in glass.flips() if flip.hash == station.hash_of(name, "Tin cũ"))
    assert first.at == station.state(name)["lap"]["start"]
