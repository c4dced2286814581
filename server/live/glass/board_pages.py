"""What browsers fetch to show a board: the list of boards, a board's page, its state, slides, media and assets.

Made by server.processes.server. Everything comes from the director, so no request waits for the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from flask import Blueprint, Response, abort, render_template, request, send_from_directory

from server.core import wire
from server.core.model import Slide
from server.core.screens.screens import Screen
from server.live.glass.responses import TEMPLATES, KeyCheck, json_response
from server.live.screens.registry import Refusal
from server.static_files import Assets

_IMMUTABLE = "public, max-age=31536000, immutable"
_MEDIA = {"webp": "image/webp", "mp4": "video/mp4", "webm": "video/webm"}
_HEX = set("0123456789abcdef")
_OFFLINE = "offline.js"


class PageProvider(Protocol):
    """What is asked of the director."""

    @property
    def epoch(self) -> str: ...
    def glass(self, board: str) -> wire.Glass | None: ...
    def boards(self) -> list[wire.Glass]: ...
    def bodies(self, hashes: list[str]) -> list[Slide]: ...


def glass_pages(
    provider: PageProvider, keys: KeyCheck, assets: Assets, media: Path, clock: Callable[[], datetime]
) -> Blueprint:
    """The blueprint; ``media`` is the folder of re-encoded pictures and checked videos."""
    pages = Blueprint("glass", __name__, template_folder=TEMPLATES)
    boards, files = BoardViews(provider, keys, assets, clock), FileViews(assets, media)
    pages.add_url_rule("/", "index", boards.index)
    pages.add_url_rule("/board/<slug>", "board", boards.board)
    pages.add_url_rule("/glass/state", "state", boards.state)
    pages.add_url_rule("/glass/slides/<digest>", "slide", boards.slide)
    pages.add_url_rule("/glass/where", "where", boards.where)
    pages.add_url_rule("/glass/media/<digest>", "media", files.media)
    pages.add_url_rule("/assets/<build>/<path:name>", "asset", files.asset)
    pages.add_url_rule("/offline.js", "offline", files.offline)
    return pages


class BoardViews:
    """Pages and JSON about boards."""

    def __init__(self, provider: PageProvider, keys: KeyCheck, assets: Assets, clock: Callable[[], datetime]) -> None:
        self._provider, self._keys, self._clock = provider, keys, clock
        self._build, self._early = assets.build, assets.modules("main.js")

    def index(self) -> str:
        """The public boards."""
        public = [one for one in self._provider.boards() if one.board.public]
        return render_template("index.html", boards=public, build=self._build)

    def board(self, slug: str) -> str:
        """The full-screen page of a public board."""
        glass = self._public(slug)
        return render_template(
            "board.html",
            board=glass.board,
            area_name=glass.area_name,
            build=self._build,
            early=self._early,
            viewer="public",
        )

    def state(self) -> Response:
        """The `state` of the wire, with an ETag: for screens that cannot connect by WebSocket."""
        glass = self._requested()
        epoch, build = self._provider.epoch, self._build
        response = json_response(wire.state(glass, epoch=epoch, build=build, now=self._clock()))
        # The ETag leaves out the time in the message: a state that differs only in time is the same.
        identity = f"{epoch}.{glass.board.slug}.{glass.revision}.{build}"
        response.set_etag(hashlib.sha256(identity.encode()).hexdigest()[:16])
        response.headers["Cache-Control"] = "no-cache"
        response.make_conditional(request)
        return response

    def slide(self, digest: str) -> Response:
        """The body of a slide: any on air for a screen, those of public boards for everyone else."""
        found = self._provider.bodies([digest])
        if not found or not (self._screen() or self._named_in_public(digest)):
            abort(404)
        return _immutable(json_response(wire.slide_batches(found)[0][0]))

    def where(self) -> Response:
        """The board that a screen belongs to now."""
        screen = self._screen()
        if screen is None:
            abort(401)
        return json_response({"board": screen.board})

    def _requested(self) -> wire.Glass:
        """The screen's own board if the request carries a key, otherwise the public board it names."""
        screen = self._screen()
        found = self._provider.glass(screen.board) if screen else None
        return found or self._public(request.args.get("board", ""))

    def _public(self, slug: str) -> wire.Glass:
        found = self._provider.glass(slug)
        if found is None or not found.board.public:
            abort(404)
        return found

    def _screen(self) -> Screen | None:
        """The screen that asks; None without a key. Aborts with 401 if the key is not valid."""
        try:
            return self._keys.bearer(request.headers.get("Authorization"))
        except Refusal as refusal:
            abort(json_response({"message": str(refusal)}, 401))

    def _named_in_public(self, digest: str) -> bool:
        """Whether a public board names the slide; the board in the query string is looked at first."""
        hinted = self._provider.glass(request.args.get("board", ""))
        first = [hinted] if hinted else []
        return any(one.board.public and digest in one.hashes for one in (*first, *self._provider.boards()))


class FileViews:
    """Media and assets. ``media`` is the folder of re-encoded pictures and checked videos."""

    def __init__(self, assets: Assets, media: Path) -> None:
        self._assets, self._media = assets, media

    def media(self, digest: str) -> Response:
        """A picture or video, without a check of keys: a browser adds no header to what an ``img`` loads.

        Its address is a hash of 64 bits, known only to clients that were sent a slide with it.
        """
        if len(digest) != 16 or not _HEX.issuperset(digest):
            abort(404)
        suffix = next((one for one in _MEDIA if (self._media / f"{digest}.{one}").exists()), "webp")
        # Conditional: browsers request videos in ranges, and resume them.
        response = send_from_directory(self._media, f"{digest}.{suffix}", mimetype=_MEDIA[suffix], conditional=True)
        return _immutable(response)

    def asset(self, build: str, name: str) -> Response:
        """A file of this build, or "manifest.json", the list of them that the service worker caches."""
        if name == "manifest.json":
            return _immutable(json_response(sorted(set(self._assets.files) - {_OFFLINE})))
        if build != self._assets.build or name not in self._assets.files or name == _OFFLINE:
            abort(404)
        return self._assets.answer(name)

    def offline(self) -> Response:
        """The service worker, which must have the same address in every build."""
        response = Response(self._assets.files[_OFFLINE], content_type=self._assets.type_of(_OFFLINE))
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Service-Worker-Allowed"] = "/"
        return response


def _immutable(response: Response) -> Response:
    response.headers["Cache-Control"] = _IMMUTABLE
    return response
