"""Fetches the pictures of alerts after their texts, and adds them to the notices; a job of the worker.

with_pictures (in alert_reconciler): notices wanted -> those with the pictures that are stored; new ones become due
AlertPictures.tick (a job): due pictures -> guarded fetch -> digest -> re-encoded in a child process -> stored
    -> reconcile

The text of an alert is shown at once; a picture that hangs or fails delays nothing and is noted on the desk's page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog

from feeds import FeedError, FetchPolicy
from feeds.download.http import Fetched
from feeds.entry import Picture
from feeds.errors import FetchError, PictureError, Refused
from feeds.limits import PICTURE_BYTES
from server.core.alerts.document import Key
from server.core.alerts.pictures import is_that, not_shown, pictures_of
from server.core.alerts.wanted import Wanted
from server.core.model import Attachment, Media, Source
from server.media.media_files import save_picture
from server.store.alerts import pictures as alert_pictures
from server.store.alerts.documents import StoredAlert, sources_of_alerts
from server.store.alerts.pictures import StoredPicture
from server.store.database.engine import Database
from server.store.media import pictures

log = structlog.get_logger("alerts")
RETRIES = (timedelta(minutes=1), timedelta(minutes=10))
"""How long after each failed try the next one follows; after the last one there is none."""
AT_A_TIME = 4
"""How many pictures are fetched in one run of the job."""


class PictureClient(Protocol):
    """The functions of feeds that this module calls; implemented by server.processes.worker and by fakes in tests."""

    def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
        """Downloads a URL (``feeds.fetch``). Raises FetchError."""

    def picture(self, body: bytes) -> Picture:
        """Re-encodes a picture in a child process. Raises PictureError."""


def with_pictures(
    db: Database,
    source: str,
    wanted: Sequence[Wanted],
    documents: Mapping[Key, Sequence[StoredAlert]],
    now: datetime,
) -> tuple[tuple[Wanted, ...], dict[Key, tuple[str, ...]]]:
    """Returns (``wanted`` with the pictures that are stored, document -> Vietnamese sentences on pictures not shown).

    ``documents`` are those of which the notices ``wanted`` were made; if there are several contents under one key,
    the last one counts. Pictures that the store does not know yet become due.
    """
    named = [pictures_of(documents[one.key][-1].alert.infos[one.info]) for one in wanted]
    every = {picture for found, _ in named for picture in found}
    known = alert_pictures.asked(db, source, every, now) if every else {}
    made: list[Wanted] = []
    odd: dict[Key, tuple[str, ...]] = {}
    for one, (found, notes) in zip(wanted, named, strict=True):
        shown = []
        for picture in found:
            stored = known.get((picture.address, picture.digest))
            if stored is not None and stored.hash:
                shown.append(Attachment(stored.hash, picture.alt, stored.width, stored.height))
            elif stored is not None and stored.reason:
                notes = (*notes, not_shown(picture.address, stored.reason))
        made.append(replace(one, notice=replace(one.notice, pictures=tuple(shown))) if shown else one)
        odd[one.key] = (*odd.get(one.key, ()), *notes)
    return tuple(made), odd


class AlertPictures:
    """Fetches the pictures that are due; re-encoded pictures are stored in ``folder``.

    ``policy`` returns the limits of a fetch, given the source and the largest number of bytes. After each try
    ``reconcile`` is called with the slug of the picture's source.
    """

    def __init__(
        self,
        db: Database,
        client: PictureClient,
        clock: Callable[[], datetime],
        *,
        folder: Path,
        policy: Callable[[Source, int], FetchPolicy],
        reconcile: Callable[[str], object],
    ) -> None:
        self._db, self._client, self._clock = db, client, clock
        self._folder, self._policy, self._reconcile = folder, policy, reconcile

    def tick(self) -> None:
        """Tries to fetch the pictures that are due, at most `AT_A_TIME`; stores each picture, or why it failed."""
        due = alert_pictures.due(self._db, self._clock(), AT_A_TIME)
        if not due:
            return
        known = {one.slug: one for one in sources_of_alerts(self._db)}
        for one in due:
            source = known.get(one.source)
            if source is None:
                alert_pictures.note(self._db, one, None)
                continue
            self._try(source, one)
            self._reconcile(source.slug)

    def _try(self, source: Source, one: StoredPicture) -> None:
        tries = one.tries + 1
        try:
            picture = self._picture(source, one)
        except FeedError as error:
            log.info("no picture", source=source.slug, address=one.address, error=error.message)
            final = tries > len(RETRIES) or isinstance(error, Refused)
            again = None if final else self._clock() + RETRIES[tries - 1]
            alert_pictures.note(self._db, replace(one, reason=error.message, tries=tries), again)
            return
        name = save_picture(picture.body, self._folder)
        pictures.put(self._db, Media(name, picture.width, picture.height))
        stored = replace(one, hash=name, width=picture.width, height=picture.height, reason="", tries=tries)
        alert_pictures.note(self._db, stored, None)

    def _picture(self, source: Source, one: StoredPicture) -> Picture:
        got = self._client.fetch(one.address, self._policy(source, PICTURE_BYTES), etag="", last_modified="")
        if not got.url.startswith("https://"):
            raise Refused("Địa chỉ ảnh chuyển hướng tới nơi không phải là https.", "scheme")
        if not got.complete:
            raise FetchError("Kết nối đứt giữa chừng.", "cut-off")
        if not is_that(got.body, one.digest):
            raise PictureError("Tệp ảnh không khớp mã băm ghi trong cảnh báo.", "picture-digest")
        return self._client.picture(got.body)
