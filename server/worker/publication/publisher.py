"""The worker's job that issues CAP documents about notices within a second or two; created by processes.worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from server.content.alert_publication import make_due
from server.setup.config import Config
from server.store.database.engine import Database
from server.store.notices import publications

log = structlog.get_logger("alerts")


class AlertPublisher:
    """Issues the documents that are due; `tick` is the scheduled job.

    Paths of the key's files are relative to the folder ``data``. If the key cannot be used, alerts are issued
    unsigned and an error is logged each time: a warning that arrives unsigned is worth more to people than none.
    """

    def __init__(self, db: Database, config: Config, data: Path, clock: Callable[[], datetime]) -> None:
        self._db, self._config, self._data, self._clock = db, config, data, clock

    def tick(self) -> int:
        """Issues the documents that are due; returns how many were stored."""
        made = make_due(self._db, self._config, self._clock(), self._signed)
        if not made:
            return 0
        count = publications.add(self._db, made)
        for one, _ in made:
            log.info("alert issued", kind=one.kind, notice=one.content.notice, identifier=one.identifier)
        return count

    def _signed(self, document: bytes) -> bytes:
        """Returns the document, signed if a usable key is configured.

        The files of the key are read each time, because somebody may have renewed them.
        """
        section = self._config.alerts
        if not section.signing_key:
            return document
        # Imported here because few servers sign, and loading the libraries takes a tenth of the worker's start.
        from server.worker.publication.signature import KeyUnusable, load

        try:
            signer = load(self._data / section.signing_key, self._data / section.certificate)
        except KeyUnusable as error:
            log.error("alert not signed", reason=str(error))
            return document
        return signer(document)
