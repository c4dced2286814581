"""Routes of screen devices: the page /screen, pairing, screenshot upload; registered by server.processes.server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import segno
from flask import Blueprint, Response, render_template, request

from server.core.model import Board
from server.core.screens.screens import CODE_LIFETIME, normal_code
from server.core.times import to_ms
from server.live.glass.responses import TEMPLATES, KeyCheck, uncached
from server.live.glass.screenshot_upload import ScreenshotViews
from server.live.loop.offload import Offload
from server.live.loop.token_buckets import Limit, TokenBuckets
from server.live.sockets.client_address import account_of, client_address
from server.static_files import Assets
from server.store.database.errors import StoreError, StoreRefusal
from server.store.screens import pairing

_NO_BOARD = Board("", "", "")
# A device requests a code every ten minutes, and asks every two seconds whether somebody has paired it. Limits for
# each IP address: new codes, and requests with a wrong code or secret.
CODES, MISSES = Limit(60, 0.5), Limit(60, 1)
_CODES, _MISSES = 0, 1
MOST_ADDRESSES = 20_000
_LATER = "Quá nhiều yêu cầu từ địa chỉ này, hãy thử lại sau ít phút"


def screen_pages(
    write: Offload,
    keys: KeyCheck,
    assets: Assets,
    data: Path,
    clock: Callable[[], datetime],
    *,
    monotonic: Callable[[], float],
    address: str = "",
    proxies: int = 0,
) -> Blueprint:
    """The blueprint of these routes. ``data`` is the data folder, in which screenshots are stored.

    ``address`` is the desk's public URL; if it is empty, the host of the request is used. ``monotonic`` returns
    seconds; ``proxies`` is the number of trusted proxies in front of this server.
    """
    pages = Blueprint("screens", __name__, template_folder=TEMPLATES)
    buckets = TokenBuckets((CODES, MISSES), monotonic, MOST_ADDRESSES)
    device = DeviceViews(write, assets, clock, address, buckets, proxies)
    screenshots = ScreenshotViews(write, keys, data, clock)
    pages.add_url_rule("/screen", "page", device.page)
    pages.add_url_rule("/screen/pairing", "open_code", device.open_code, methods=["POST"])
    pages.add_url_rule("/screen/pairing/<code>", "collect", device.collect)
    pages.add_url_rule("/glass/screenshots/<int:id>", "screenshot", screenshots.screenshot, methods=["POST"])
    return pages


class DeviceViews:
    """The views of a device's page and of pairing. ``write`` runs writes to the store outside the event loop.

    ``buckets`` limit, for each IP address, how many codes it may request and how many wrong codes it may try.
    """

    def __init__(
        self,
        write: Offload,
        assets: Assets,
        clock: Callable[[], datetime],
        address: str,
        buckets: TokenBuckets,
        proxies: int,
    ) -> None:
        self._write, self._clock, self._address = write, clock, address
        self._buckets, self._proxies = buckets, proxies
        self._build, self._early = assets.build, assets.modules("main.js")

    def page(self) -> str:
        """The page that a device loads before and after it is paired."""
        return render_template(
            "board.html", board=_NO_BOARD, area_name="", build=self._build, early=self._early, viewer="device"
        )

    def open_code(self) -> Response:
        """Opens a pairing code: 201 with {code, secret, expires, lasts, qr}.

        ``expires`` is in ms since 1970, ``lasts`` in ms. 429 if this IP address has requested too many codes, 503 if
        the store fails or too many devices are waiting.
        """
        client = account_of(client_address(request.environ, self._proxies))
        if not self._buckets.take(client, _CODES, 1):
            return uncached({"message": _LATER}, 429)
        try:
            code, secret, expires = self._write(lambda db: pairing.open_code(db, self._clock(), client))
        except (StoreError, StoreRefusal) as error:
            return uncached({"message": str(error)}, 503)
        address = f"{self._address or request.host_url}".rstrip("/") + f"/desk/screens/new?code={code}"
        opened = {"code": code, "secret": secret, "expires": to_ms(expires), "qr": _qr(address)}
        # The device's clock may be wrong, so the lifetime is sent in addition to the time of expiry.
        opened["lasts"] = CODE_LIFETIME // timedelta(milliseconds=1)
        return uncached(opened, 201)

    def collect(self, code: str) -> Response:
        """Hands the device the key of its screen once somebody has paired it: {screen, key, board}, only one time.

        202 while nobody has entered the code, 404 for an unknown or expired code or a wrong secret, 429 after too
        many such failures of one IP address, 503 if the store fails.
        """
        client = account_of(client_address(request.environ, self._proxies))
        if not self._buckets.has(client, _MISSES, 1):
            return uncached({"message": _LATER}, 429)
        secret = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        secret = secret or request.headers.get("X-Pairing-Secret", "")
        try:
            found = self._write(lambda db: pairing.collect(db, normal_code(code), secret, self._clock()))
        except StoreRefusal as error:
            self._buckets.take(client, _MISSES, 1)
            return uncached({"message": str(error)}, 404)
        except StoreError as error:
            return uncached({"message": str(error)}, 503)
        if found is None:
            return uncached({"message": "Đang chờ người ghép"}, 202)
        return uncached({"screen": str(found.screen), "key": found.key, "board": found.board})


def _qr(address: str) -> str:
    """Returns a QR code as "SIZE PATH": the number of modules per side, and an SVG path that covers the dark modules.

    The page builds the SVG element itself, so the response contains no HTML.
    """
    code = segno.make(address, error="m", micro=False)
    rows = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(code.matrix) for x, dark in enumerate(row) if dark]
    return f"{len(code.matrix)} {''.join(rows)}"
