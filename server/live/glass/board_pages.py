"""What browsers fetch for the glass: the list of boards, a board's page, its state, bodies, pictures, code.

Made by assembly; everything that a page shows comes from the director, so a request never waits for the store.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from flask import Blueprint, Response, abort, render_template, request, send_from_directory

from server.core import wire
from server.core.model import Slide
from server.core.screens.screens import Screen
from server.live.screens.registry import Refusal
from server.static_files import Assets

_FOREVER = "public, max-age=31536000, immutable"
_MEDIA = {"webp": "image/webp", "mp4": "video/mp4", "webm": "video/webm"}
_HEX = set("0123456789abcdef")


class Keys(Protocol):
    """What the pages ask of the directory of screens."""

    def bearer(self, header: str | None) -> Screen | None: ...


class PageProvider(Protocol):
    """What the pages ask of the director."""

    @property
    def epoch(self) -> str: ...
    def glass(self, board: str) -> wire.Glass | None: ...
    def boards(self) -> list[wire.Glass]: ...
    def bodies(self, hashes: list[str]) -> list[Slide]: ...


def glass_pages(
    provider: PageProvider, keys: Keys, assets: Assets, pictures: Path, clock: Callable[[], datetime]
) -> Blueprint:
    """The blueprint; ``pictures`` is the folder of re-encoded pictures and checked videos.

    Their address is a hash of 64 bits that only those know who were sent a slide with it, and a browser adds no
    header to what an ``img`` asks for: pictures are given to whoever names them.
    """
    pages = Blueprint("glass", __name__, template_folder=str(Path(__file__).parents[3] / "display/templates"))
    early = assets.modules("main.js")

    def public(slug: str) -> wire.Glass:
        found = provider.glass(slug)
        if found is None or not found.board.public:
            abort(404)
        return found

    def screen() -> Screen | None:
        try:
            return keys.bearer(request.headers.get("Authorization"))
        except Refusal as refusal:
            abort(_json({"message": str(refusal)}, 401))

    def shown() -> wire.Glass:
        """The board that is asked for: a screen's own, or a public one."""
        asking = screen()
        found = provider.glass(asking.board) if asking else None
        return found or public(request.args.get("board", ""))

    @pages.get("/")
    def index() -> str:
        open_to_all = [one for one in provider.boards() if one.board.public]
        return render_template("index.html", boards=open_to_all, build=assets.build)

    @pages.get("/board/<slug>")
    def board(slug: str) -> str:
        one = public(slug)
        return render_template(
            "board.html",
            board=one.board,
            area_name=one.area_name,
            build=assets.build,
            early=early,
            viewer="public",
        )

    @pages.get("/glass/state")
    def state() -> Response:
        one = shown()
        message = wire.state(one, epoch=provider.epoch, build=assets.build, now=clock())
        answer = _json(message)
        # The clock in the message is not part of what it says.
        answer.set_etag(
            hashlib.sha256(f"{provider.epoch}.{one.board.slug}.{one.revision}.{assets.build}".encode()).hexdigest()[
                :16
            ]
        )
        answer.headers["Cache-Control"] = "no-cache"
        answer.make_conditional(request)
        return answer

    @pages.get("/glass/slides/<digest>")
    def slide(digest: str) -> Response:
        found = provider.bodies([digest])
        if not found or not (screen() or _named_in_public(provider, digest)):
            abort(404)
        return _forever(_json(wire.slide_batches(found)[0][0]))

    @pages.get("/glass/media/<digest>")
    def media(digest: str) -> Response:
        if len(digest) != 16 or not _HEX.issuperset(digest):
            abort(404)
        suffix = next((one for one in _MEDIA if (pictures / f"{digest}.{one}").exists()), "webp")
        # Conditional: a video is asked for in ranges, and started again where it was left.
        answer = send_from_directory(pictures, f"{digest}.{suffix}", mimetype=_MEDIA[suffix], conditional=True)
        return _forever(answer)

    @pages.get("/glass/where")
    def where() -> Response:
        """The board that a screen belongs to now."""
        asking = screen()
        if asking is None:
            abort(401)
        return _json({"board": asking.board})

    @pages.get("/assets/<build>/<path:name>")
    def asset(build: str, name: str) -> Response:
        if name == "manifest.json":
            return _forever(_json(sorted(set(assets.files) - {"offline.js"})))
        if build != assets.build or name not in assets.files or name == "offline.js":
            abort(404)
        return assets.answer(name)

    @pages.get("/offline.js")
    def offline() -> Response:
        answer = Response(assets.files["offline.js"], content_type=assets.type_of("offline.js"))
        answer.headers["Cache-Control"] = "no-cache"
        answer.headers["Service-Worker-Allowed"] = "/"
        return answer

    return pages


def _named_in_public(provider: PageProvider, digest: str) -> bool:
    hinted = provider.glass(request.args.get("board", ""))
    first = [hinted] if hinted else []
    return any(one.board.public and digest in one.hashes for one in (*first, *provider.boards()))


def _json(message: Any, status: int = 200) -> Response:
    return Response(json.dumps(message, ensure_ascii=False), status, content_type="application/json")


def _forever(answer: Response) -> Response:
    answer.headers["Cache-Control"] = _FOREVER
    return answer
