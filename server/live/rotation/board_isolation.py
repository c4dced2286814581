"""The boundary between boards: a fault in one is said once and leaves the others alone; owned by the director."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from server.store.database.errors import StoreError

log = structlog.get_logger("director")


class BoardIsolation:
    """Remembers which board failed at which act, until it succeeds at it."""

    def __init__(self) -> None:
        self._unwell: dict[tuple[str, str], str] = {}

    def boards(self) -> set[str]:
        """The slugs of those that are unwell."""
        return {slug for slug, _ in self._unwell}

    def failed(self, slug: str, act: str) -> bool:
        return (slug, act) in self._unwell

    @contextmanager
    def alone(self, slug: str, act: str) -> Iterator[None]:
        """A fault in here is logged once, and leaves the board with what it last showed.

        A store that fails is everybody's trouble and goes on to the metronome.
        """
        try:
            yield
        except StoreError:
            raise
        except Exception as error:
            if self._unwell.get((slug, act)) != repr(error):
                log.exception("board unwell", board=slug, act=act)
            self._unwell[slug, act] = repr(error)
        else:
            if self._unwell.pop((slug, act), None):
                log.info("board well again", board=slug, act=act)
