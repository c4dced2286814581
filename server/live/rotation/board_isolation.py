"""Catches exceptions of one board, so that they do not affect other boards; owned by the director."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from server.store.database.errors import StoreError

log = structlog.get_logger("director")


class BoardIsolation:
    """Remembers which acts failed for which boards, until the act succeeds for the board.

    The callers name the acts: "compose", "notices", "alerts", "rotate", "agree", "renew", "save".
    """

    def __init__(self) -> None:
        self._failures: dict[tuple[str, str], str] = {}

    def failed_boards(self) -> set[str]:
        """The slugs of the boards for which any act failed when it was last done."""
        return {slug for slug, _ in self._failures}

    def failed(self, slug: str, act: str) -> bool:
        """Whether this board failed when this act was last done for it."""
        return (slug, act) in self._failures

    @contextmanager
    def isolate(self, slug: str, act: str) -> Iterator[None]:
        """Suppresses an exception in the ``with`` block, and logs it once: the board keeps its last state.

        StoreError is not suppressed: a failing store concerns all boards, and the director handles it.
        """
        try:
            yield
        except StoreError:
            raise
        except Exception as error:
            # The block is all that a board does in a turn, templates included: any fault must stay with that board.
            if self._failures.get((slug, act)) != repr(error):
                log.exception("board unwell", board=slug, act=act)
            self._failures[slug, act] = repr(error)
        else:
            if self._failures.pop((slug, act), None):
                log.info("board well again", board=slug, act=act)
