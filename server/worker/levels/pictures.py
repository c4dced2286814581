"""Downloads the pictures of items from another server, checks their hashes and stores them.

Made by server.processes.worker.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from feeds import FetchPolicy
from feeds.errors import ParseError
from feeds.limits import PICTURE_BYTES
from server.core.levels.items import SharedFile, SharedItem
from server.core.model import Attachment, Media, Source
from server.media.media_files import save_picture
from server.store.database.engine import Database
from server.store.media import pictures
from server.worker.harvest.source_reader import FeedClient

log = structlog.get_logger("levels")
OTHER_CONTENT = "Ảnh tải về không đúng với bản mà máy chủ kia đã nêu."


@dataclass(frozen=True, slots=True)
class PictureStore:
    """Fetches pictures through the address guard. ``folder`` is where re-encoded pictures are stored."""

    db: Database
    client: FeedClient
    folder: Path
    policy: Callable[[Source, int], FetchPolicy]

    def of(self, source: Source, item: SharedItem) -> tuple[Attachment, ...]:
        """The pictures of ``item``, stored. Videos are left out. Raises FeedError if a picture is not to be had."""
        return tuple(self._stored(source, file) for file in item.files if file.type.startswith("image/"))

    def _stored(self, source: Source, file: SharedFile) -> Attachment:
        known = pictures.known(self.db, [file.url]).get(file.url)
        if known is None:
            known = self._fetched(source, file)
        return Attachment(known.hash, file.alt, known.width, known.height)

    def _fetched(self, source: Source, file: SharedFile) -> Media:
        got = self.client.fetch(file.url, self.policy(source, PICTURE_BYTES), etag="", last_modified="")
        if not hashlib.sha256(got.body).hexdigest().startswith(file.sha256):
            log.warning("picture refused", source=source.slug, address=file.url)
            raise ParseError(OTHER_CONTENT, "hash")
        picture = self.client.picture(got.body)
        made = Media(save_picture(picture.body, self.folder), picture.width, picture.height)
        pictures.put(self.db, made, address=file.url)
        return made
