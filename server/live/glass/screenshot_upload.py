"""Receives the screenshots that guards (the programs beside the screens' browsers) upload; used by device_pages.

Before the upload is decoded, the store must confirm that this screen was sent the command and has not answered it
yet. The picture is decoded in a child process, because a malicious one could crash the decoder or fill the memory.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import gevent
from flask import Response, abort, request
from gevent.lock import BoundedSemaphore

from feeds.errors import ParseError
from server.live.glass.responses import KeyCheck, uncached
from server.live.loop.offload import Offload
from server.live.screens.registry import Refusal
from server.media import screenshots as files
from server.media.importer import file_sandbox
from server.store.database.errors import NotFound, StoreError
from server.store.screens import screens

LARGEST_UPLOAD = 8 * 1024 * 1024


class ScreenshotViews:
    """The view of uploads. ``write`` runs writes to the store outside the event loop; ``data`` is the data folder."""

    def __init__(self, write: Offload, keys: KeyCheck, data: Path, clock: Callable[[], datetime]) -> None:
        self._write, self._keys, self._data, self._clock = write, keys, data, clock
        self._sandbox = file_sandbox()
        self._decoding = BoundedSemaphore(1)
        # The ids of the commands whose screenshots are being received.
        self._taken: set[int] = set()

    def screenshot(self, id: int) -> Response:
        """Stores the screenshot that command ``id`` asked for; 204, or an error as {message}.

        401 without a valid key, 404 if this screen has no unanswered command with this id, 409 while another upload
        for the command is being received, 413 if it is too large, empty or of unknown length, 415 if it is not a
        picture or cannot be opened within the limits of time and memory, 503 if the store fails.
        """
        try:
            screen = self._keys.bearer(request.headers.get("Authorization"))
        except Refusal as refusal:
            return uncached({"message": str(refusal)}, 401)
        if screen is None:
            abort(401)
        if (request.content_length or LARGEST_UPLOAD + 1) > LARGEST_UPLOAD:
            return uncached({"message": "Ảnh chụp quá lớn"}, 413)
        if id in self._taken:
            return uncached({"message": "Ảnh này đang được nhận"}, 409)
        self._taken.add(id)
        try:
            return self._receive(id, screen.id)
        except NotFound as error:
            return uncached({"message": str(error)}, 404)
        except StoreError as error:
            return uncached({"message": str(error)}, 503)
        except ParseError as error:
            return uncached({"message": str(error)}, 415)
        finally:
            self._taken.discard(id)

    def _receive(self, id: int, screen: int) -> Response:
        """Checks, decodes and stores the screenshot. Raises NotFound, StoreError or ParseError."""
        self._write(lambda db: screens.check_unanswered(db, id, screen))
        # One at a time, so that only one upload's body and decoded picture are in memory.
        with self._decoding:
            try:
                picture = files.take(request.get_data(cache=False), self._sandbox)
            finally:
                # The child process takes 40 MB, and half a second to start: keep it only while other uploads wait.
                if len(self._taken) == 1:
                    self._sandbox.close()
        gevent.get_hub().threadpool.apply(files.keep, (picture, self._data, id))
        self._write(lambda db: screens.mark_answered(db, id, screen, now=self._clock()))
        return Response(status=204)
