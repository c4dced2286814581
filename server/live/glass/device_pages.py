"""The page of a device and its calls: /screen, pairing, upload of screenshots; made by server.processes.server."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import segno
from flask import Blueprint, Response, abort, render_template, request
from PIL import Image, UnidentifiedImageError

from server.core.model import Board
from server.core.screens.screens import CODE_LIFETIME, normal_code
from server.core.times import to_ms
from server.live.glass.responses import TEMPLATES, KeyCheck, json_response
from server.live.loop.offload import Offload
from server.live.screens.registry import Refusal
from server.static_files import Assets
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreError, StoreRefusal
from server.store.screens import pairing, screens

_NO_BOARD = Board("", "", "")
LARGEST_UPLOAD = 8 * 1024 * 1024
LARGEST_SIDE = 8_192
STORED_SIDE = 1_280


def screenshots_folder(data: Path) -> Path:
    """The folder of screenshots in the data folder, made if it is not there."""
    folder = data / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def screen_pages(
    write: Offload, keys: KeyCheck, assets: Assets, data: Path, clock: Callable[[], datetime], address: str = ""
) -> Blueprint:
    """The blueprint. ``address`` is the public address of the desk; if it is empty, that of the request is used."""
    pages = Blueprint("screens", __name__, template_folder=TEMPLATES)
    device, screenshots = DeviceViews(write, assets, clock, address), ScreenshotViews(write, keys, data, clock)
    pages.add_url_rule("/screen", "page", device.page)
    pages.add_url_rule("/screen/pairing", "open_code", device.open_code, methods=["POST"])
    pages.add_url_rule("/screen/pairing/<code>", "collect", device.collect)
    pages.add_url_rule("/glass/screenshots/<int:id>", "screenshot", screenshots.screenshot, methods=["POST"])
    return pages


class DeviceViews:
    """The page of a device, and its pairing. ``write`` runs writes to the store off the loop."""

    def __init__(self, write: Offload, assets: Assets, clock: Callable[[], datetime], address: str) -> None:
        self._write, self._clock, self._address = write, clock, address
        self._build, self._early = assets.build, assets.modules("main.js")

    def page(self) -> str:
        """The page that a device loads before and after it is paired."""
        return render_template(
            "board.html", board=_NO_BOARD, area_name="", build=self._build, early=self._early, viewer="device"
        )

    def open_code(self) -> Response:
        """A new pairing code: 201 {code, secret, expires, lasts, qr}; 503 if there is none to be had."""
        try:
            code, secret, expires = self._write(lambda db: pairing.open_code(db, self._clock()))
        except (StoreError, StoreRefusal) as error:
            return _uncached({"message": str(error)}, 503)
        address = f"{self._address or request.host_url}".rstrip("/") + f"/desk/screens/new?code={code}"
        opened = {"code": code, "secret": secret, "expires": to_ms(expires), "qr": _qr(address)}
        # The device's clock may be wrong, so the lifetime is given beside the time of expiry.
        opened["lasts"] = CODE_LIFETIME // timedelta(milliseconds=1)
        return _uncached(opened, 201)

    def collect(self, code: str) -> Response:
        """The key of the paired screen, once: {screen, key, board}; 202 while nobody has paired it, 404 unknown."""
        secret = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        secret = secret or request.headers.get("X-Pairing-Secret", "")
        try:
            found = self._write(lambda db: pairing.collect(db, normal_code(code), secret, self._clock()))
        except StoreRefusal as error:
            return _uncached({"message": str(error)}, 404)
        except StoreError as error:
            return _uncached({"message": str(error)}, 503)
        if found is None:
            return _uncached({"message": "Đang chờ người ghép"}, 202)
        return _uncached({"screen": str(found.screen), "key": found.key, "board": found.board})


class ScreenshotViews:
    """Receives and stores the screenshots that the guards of screens upload."""

    def __init__(self, write: Offload, keys: KeyCheck, data: Path, clock: Callable[[], datetime]) -> None:
        self._write, self._keys, self._clock = write, keys, clock
        self._folder = screenshots_folder(data)

    def screenshot(self, id: int) -> Response:
        """Stores the screenshot that command ``id`` has asked for; 204, or a reason with 401, 404, 413 or 415."""
        try:
            screen = self._keys.bearer(request.headers.get("Authorization"))
        except Refusal as refusal:
            return _uncached({"message": str(refusal)}, 401)
        if screen is None:
            abort(401)
        if (request.content_length or LARGEST_UPLOAD + 1) > LARGEST_UPLOAD:
            return _uncached({"message": "Ảnh chụp quá lớn"}, 413)
        body, number = request.get_data(cache=False), screen.id

        def store(db: Database) -> None:
            picture = _reduced(body)
            screens.mark_answered(db, id, number, now=self._clock())
            (self._folder / f"{id}.webp").write_bytes(picture)

        try:
            self._write(store)
        except NotFound as error:
            return _uncached({"message": str(error)}, 404)
        except ValueError as error:
            return _uncached({"message": str(error)}, 415)
        return Response(status=204)


def _qr(address: str) -> str:
    """A QR code as "SIZE PATH": its modules per side, and an SVG path of the dark ones, so no HTML is needed."""
    code = segno.make(address, error="m", micro=False)
    rows = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(code.matrix) for x, dark in enumerate(row) if dark]
    return f"{len(code.matrix)} {''.join(rows)}"


def _reduced(body: bytes) -> bytes:
    """The picture as WebP of at most ``STORED_SIDE`` pixels a side. Raises ValueError if it is none.

    Re-encoded, so that nothing but a picture is stored.
    """
    try:
        with Image.open(io.BytesIO(body), formats=["PNG", "JPEG", "WEBP"]) as picture:
            if max(picture.size) > LARGEST_SIDE:
                raise ValueError("Ảnh chụp quá lớn")
            picture.thumbnail((STORED_SIDE, STORED_SIDE))
            out = io.BytesIO()
            picture.convert("RGB").save(out, "WEBP", quality=80)
            return out.getvalue()
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise ValueError("Không phải ảnh PNG, JPEG hay WebP") from error


def _uncached(message: object, status: int = 200) -> Response:
    response = json_response(message, status)
    response.headers["Cache-Control"] = "no-store"
    return response
