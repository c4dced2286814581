"""Keeps boards apart: a board's exception is logged once and does not affect other boards; owned by the director."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from server.store.database.errors import StoreError

log = structlog.get_logger("director")


class BoardIsolation:
    """Remembers which board failed at which act, until it succeeds at it.

    Acts are named by their callers: "compose", "notices", "rotate", "agree", "renew", "save".
    """

    def __init__(self) -> None:
        self._failures: dict[tuple[str, str], str] = {}

    def failed_boards(self) -> set[str]:
        """The slugs of the boards that failed at any act."""
        return {slug for slug, _ in self._failures}

    def failed(self, slug: str, act: str) -> bool:
        """Whether this board failed when this act was last done for it."""
        return (slug, act) in self._failures

    @contextmanager
    def isolate(self, slug: str, act: str) -> Iterator[None]:
        """Logs an exception once and suppresses it: the board keeps showing what it last showed.

        Raises StoreError, because a store that fails concerns all boards; the director handles it.
        """
        try:
            yield
        except StoreError:
            raise
        except Exception as error:
            if self._failures.get((slug, act)) != repr(error):
                log.exception("board unwell", board=slug, act=act)
            self._failures[slug, act] = repr(error)
        else:
            if self._failures.pop((slug, act), None):
                log.info("board well again", board=slug, act=act)
