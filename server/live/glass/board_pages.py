"""Routes by which browsers show a board: the list of boards, a board's page, its state, slides, media and assets.

Registered by server.processes.server. Boards and slides come from the director's memory, so no request waits for the
store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Protocol
from wsgiref.types import WSGIEnvironment

from flask import Blueprint, Response, abort, render_template, request, send_from_directory
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from server.core import wire
from server.core.model import Slide
from server.core.screens.screens import Screen
from server.live.glass.responses import TEMPLATES, KeyCheck, json_response
from server.live.screens.registry import Refusal
from server.security_headers import HOLDS_HEADER
from server.static_files import Assets

_IMMUTABLE = "public, max-age=31536000, immutable"
_MEDIA = {"webp": "image/webp", "mp4": "video/mp4", "webm": "video/webm"}
_HEX = set("0123456789abcdef")
_OFFLINE = "offline.js"


class PageProvider(Protocol):
    """The attributes and methods of the director that the pages use."""

    @property
    def epoch(self) -> str: ...
    def glass(self, board: str) -> wire.Glass | None: ...
    def public_boards(self) -> tuple[tuple[str, str, str], ...]: ...
    def bodies(self, hashes: list[str]) -> list[Slide]: ...
    def in_public(self, digest: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class BoardParts:
    """A board's content as a list, rendered by the desk: HTML for ``head`` and ``body`` of the board's page.

    ``holds`` is the desk's HOLDS_HEADER, which says for how long the server may cache the list; "" without one.
    """

    head: str
    body: str
    holds: str


# Returns the list of the board with this slug, in the language of the request; None while the desk does not answer.
PartsOf = Callable[[str, WSGIEnvironment], BoardParts | None]


def _no_parts(_slug: str, _environ: WSGIEnvironment) -> None:
    """Returns None, because a server without a desk has no lists; the default of ``parts_of``."""


def glass_pages(
    provider: PageProvider,
    keys: KeyCheck,
    assets: Assets,
    media: Path,
    clock: Callable[[], datetime],
    parts_of: PartsOf = _no_parts,
) -> Blueprint:
    """The blueprint of these routes. ``media`` is the folder of re-encoded pictures and checked videos.

    ``parts_of`` asks the desk for a board's list.
    """
    pages = Blueprint("glass", __name__, template_folder=TEMPLATES)
    boards, files = BoardViews(provider, keys, assets, clock, parts_of), FileViews(assets, media)
    pages.add_url_rule("/", "index", boards.index)
    pages.add_url_rule("/board/<slug>", "board", boards.board)
    pages.add_url_rule("/glass/state", "state", boards.state)
    pages.add_url_rule("/glass/slides/<digest>", "slide", boards.slide)
    pages.add_url_rule("/glass/where", "where", boards.where)
    pages.add_url_rule("/glass/media/<digest>", "media", files.media)
    pages.add_url_rule("/assets/<build>/<path:name>", "asset", files.asset)
    pages.add_url_rule("/offline.js", "offline", files.offline)
    pages.app_errorhandler(NotFound)(boards.missing)
    return pages


class BoardViews:
    """The views of boards: HTML pages, and JSON for the script of a board's page."""

    def __init__(
        self,
        provider: PageProvider,
        keys: KeyCheck,
        assets: Assets,
        clock: Callable[[], datetime],
        parts_of: PartsOf,
    ) -> None:
        self._provider, self._keys, self._clock, self._parts_of = provider, keys, clock, parts_of
        self._build, self._early = assets.build, assets.modules("main.js")
        self._index: tuple[tuple[tuple[str, str, str], ...], str] | None = None

    def index(self) -> str:
        """The plain list of public boards, shown while the desk does not answer; cached until the list changes."""
        listed = self._provider.public_boards()
        if self._index is None or self._index[0] != listed:
            self._index = (listed, render_template("index.html", boards=listed, build=self._build))
        return self._index[1]

    def missing(self, error: NotFound) -> NotFound | tuple[str, int]:
        """The page of an unknown address, for people; programs get the plain answer.

        A citizen reaches it by the code of a board that is no longer there.
        """
        if "text/html" not in request.headers.get("Accept", ""):
            return error
        return render_template("missing.html", build=self._build), HTTPStatus.NOT_FOUND

    def board(self, slug: str) -> Response:
        """Returns a public board's page: in narrow windows a list, in wide ones the board, which ``?full=1`` forces.

        Narrow is below 700 CSS pixels. The page of an LED module, which itself is narrower, has no list; neither has
        any board's page while the desk does not deliver the list.
        """
        glass = self._public(slug)
        alone = bool(request.args.get("full")) or glass.board.format.size == "LED"
        parts = None if alone else self._parts_of(slug, request.environ)
        html = render_template(
            "board.html",
            board=glass.board,
            area_name=glass.area_name,
            build=self._build,
            early=self._early,
            viewer="public",
            list_head=Markup(parts.head) if parts else "",  # noqa: S704 - the desk's own templates
            list_body=Markup(parts.body) if parts else "",  # noqa: S704
        )
        response = Response(html)
        if parts:
            response.headers[HOLDS_HEADER] = parts.holds
            response.headers["Cache-Control"] = "public, no-cache"
            response.vary.add("Cookie")
            response.set_etag(hashlib.sha256(html.encode()).hexdigest()[:32])
        return response

    def state(self) -> Response:
        """The board's `state` message as JSON, with an ETag, for screens that cannot connect by WebSocket."""
        glass = self._requested()
        epoch, build = self._provider.epoch, self._build
        response = json_response(wire.state(glass, epoch=epoch, build=build, now=self._clock()))
        # The ETag does not depend on the server's time, which every response contains.
        served = glass.serving.state.version if glass.serving else 0
        identity = f"{epoch}.{glass.board.slug}.{glass.revision}.{build}.{glass.alerts}.{served}"
        response.set_etag(hashlib.sha256(identity.encode()).hexdigest()[:16])
        response.headers["Cache-Control"] = "no-cache"
        response.make_conditional(request)
        return response

    def slide(self, digest: str) -> Response:
        """Returns a slide as JSON if the requesting screen's own board or a public board shows it; otherwise 404."""
        screen = self._screen()
        own = self._provider.glass(screen.board) if screen else None
        found = self._provider.bodies([digest])
        if not found or not ((own and digest in own.hashes) or self._provider.in_public(digest)):
            abort(404)
        return _immutable(json_response(wire.body(found[0])))

    def where(self) -> Response:
        """Returns the slug of the requesting screen's board, as {board}; 401 without a valid key."""
        screen = self._screen()
        if screen is None:
            abort(401)
        return json_response({"board": screen.board})

    def _requested(self) -> wire.Glass:
        """Returns the content of the board that the request asks for.

        That is the screen's own board if the request carries a key. Without a key, or if that board is not on air, it
        is the public board with the slug in ``?board=``. Aborts with 404 if there is no such board.
        """
        screen = self._screen()
        found = self._provider.glass(screen.board) if screen else None
        return found or self._public(request.args.get("board", ""))

    def _public(self, slug: str) -> wire.Glass:
        """Returns a public board's content; aborts with 404 if there is no public board with this slug."""
        found = self._provider.glass(slug)
        if found is None or not found.board.public:
            abort(404)
        return found

    def _screen(self) -> Screen | None:
        """The screen that sends the request; None without a key. Aborts with 401 if the key is not valid."""
        try:
            return self._keys.bearer(request.headers.get("Authorization"))
        except Refusal as refusal:
            abort(json_response({"message": str(refusal)}, 401))


class FileViews:
    """The views of files. ``media`` is the folder of re-encoded pictures and checked videos."""

    def __init__(self, assets: Assets, media: Path) -> None:
        self._assets, self._media = assets, media

    def media(self, digest: str) -> Response:
        """Returns a picture or video. No key is required: a browser sends no Authorization header for an ``img``.

        Only clients that were sent a slide know the addresses of its files: ``digest`` is 16 hex digits of a hash.
        """
        if len(digest) != 16 or not _HEX.issuperset(digest):
            abort(404)
        suffix = next((one for one in _MEDIA if (self._media / f"{digest}.{one}").exists()), "webp")
        # Conditional: browsers request videos in ranges, and resume them.
        response = send_from_directory(self._media, f"{digest}.{suffix}", mimetype=_MEDIA[suffix], conditional=True)
        return _immutable(response)

    def asset(self, build: str, name: str) -> Response:
        """Returns a file of the current build, or "manifest.json", the list of what the service worker caches."""
        if name == "manifest.json":
            return _immutable(json_response(sorted(set(self._assets.files) - {_OFFLINE})))
        if build != self._assets.build or name not in self._assets.files or name == _OFFLINE:
            abort(404)
        return self._assets.answer(name)

    def offline(self) -> Response:
        """The script of the service worker. Its address must not change with the build."""
        response = Response(self._assets.files[_OFFLINE], content_type=self._assets.type_of(_OFFLINE))
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Service-Worker-Allowed"] = "/"
        return response


def _immutable(response: Response) -> Response:
    """Lets browsers and proxies cache a response for a year."""
    response.headers["Cache-Control"] = _IMMUTABLE
    return response
