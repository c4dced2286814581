"""The pages and calls of a device: /screen, its pairing, and the pictures that its guard takes; made by assembly."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

import segno
from flask import Blueprint, Response, abort, render_template, request
from PIL import Image, UnidentifiedImageError

from server.core.model import Board
from server.core.screens.screens import CODE_LIFETIME, Screen, normal_code
from server.core.times import to_ms
from server.live.glass.assets import Assets
from server.live.loop.offload import Offload
from server.live.screens.registry import Refusal
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreError, StoreRefusal
from server.store.screens import pairing, screens

T = TypeVar("T")
_NOBODY = Board("", "", "")
LARGEST_PICTURE = 8 * 1024 * 1024
LARGEST_SIDE = 8_192
SIDE = 1_280


class Keys(Protocol):
    """What the pages ask of the directory of screens."""

    def bearer(self, header: str | None) -> Screen | None: ...


def screenshots_folder(data: Path) -> Path:
    folder = data / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def screen_pages(
    write: Offload, keys: Keys, assets: Assets, data: Path, clock: Callable[[], datetime], address: str = ""
) -> Blueprint:
    """The blueprint. ``address`` is how a telephone reaches the desk; where it is empty, that of the request."""
    pages = Blueprint("screens", __name__, template_folder=str(Path(__file__).parents[3] / "display/templates"))
    folder = screenshots_folder(data)

    @pages.get("/screen")
    def page() -> str:
        return render_template(
            "board.html", board=_NOBODY, area_name="", build=assets.build, early=assets.early, viewer="device"
        )

    @pages.post("/screen/pairing")
    def open_code() -> Response:
        try:
            code, secret, expires = write(lambda db: pairing.open_code(db, clock()))
        except (StoreError, StoreRefusal) as error:
            return _json({"message": str(error)}, 503)
        claimed_at = f"{address or request.host_url}".rstrip("/") + f"/desk/screens/new?code={code}"
        answer = {"code": code, "secret": secret, "expires": to_ms(expires), "qr": _qr(claimed_at)}
        # A device's clock may be wrong: how long is said beside until when.
        answer["lasts"] = CODE_LIFETIME // timedelta(milliseconds=1)
        return _json(answer, 201)

    @pages.get("/screen/pairing/<code>")
    def collect(code: str) -> Response:
        secret = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        secret = secret or request.headers.get("X-Pairing-Secret", "")
        try:
            found = write(lambda db: pairing.collect(db, normal_code(code), secret, clock()))
        except StoreRefusal as error:
            return _json({"message": str(error)}, 404)
        except StoreError as error:
            return _json({"message": str(error)}, 503)
        if found is None:
            return _json({"message": "Đang chờ người ghép"}, 202)
        return _json({"screen": str(found.screen), "key": found.key, "board": found.board})

    @pages.post("/glass/screenshots/<int:id>")
    def screenshot(id: int) -> Response:
        try:
            screen = keys.bearer(request.headers.get("Authorization"))
        except Refusal as refusal:
            return _json({"message": str(refusal)}, 401)
        if screen is None:
            abort(401)
        if (request.content_length or LARGEST_PICTURE + 1) > LARGEST_PICTURE:
            return _json({"message": "Ảnh chụp quá lớn"}, 413)
        body = request.get_data(cache=False)

        def keep(db: Database) -> None:
            picture = _small(body)
            screens.mark_answered(db, id, screen.id, now=clock())
            (folder / f"{id}.webp").write_bytes(picture)

        try:
            write(keep)
        except NotFound as error:
            return _json({"message": str(error)}, 404)
        except ValueError as error:
            return _json({"message": str(error)}, 415)
        return Response(status=204)

    return pages


def _qr(address: str) -> str:
    """An SVG path of the code's dark modules and its size, as "SIZE PATH": the page draws it without parsing HTML."""
    code = segno.make(address, error="m", micro=False)
    rows = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(code.matrix) for x, dark in enumerate(row) if dark]
    return f"{len(code.matrix)} {''.join(rows)}"


def _small(body: bytes) -> bytes:
    """Re-encoded, so that what is kept is a picture and nothing else. Raises ValueError."""
    try:
        with Image.open(io.BytesIO(body), formats=["PNG", "JPEG", "WEBP"]) as picture:
            if max(picture.size) > LARGEST_SIDE:
                raise ValueError("Ảnh chụp quá lớn")
            picture.thumbnail((SIDE, SIDE))
            out = io.BytesIO()
            picture.convert("RGB").save(out, "WEBP", quality=80)
            return out.getvalue()
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise ValueError("Không phải ảnh PNG, JPEG hay WebP") from error


def _json(message: Any, status: int = 200) -> Response:
    answer = Response(json.dumps(message, ensure_ascii=False), status, content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
