"""Limits how long a greenlet waits for a store that does not answer; passed to the director by processes.server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import gevent

from server.store.database.error_translation import SILENT
from server.store.database.errors import StoreAway

SECONDS = 5.0


@contextmanager
def time_limit(seconds: float = SECONDS) -> Iterator[None]:
    """Raises StoreAway if the ``with`` block takes longer than ``seconds``. SQLAlchemy then drops the connection.

    A PostgreSQL server whose process is stopped (SIGSTOP) still acknowledges TCP packets, so no TCP timeout would end
    the wait, and the director would send nothing more.
    """
    timeout = gevent.Timeout.start_new(seconds)
    try:
        yield
    except gevent.Timeout as over:
        if over is not timeout:
            raise
        raise StoreAway(SILENT) from over
    finally:
        timeout.close()
