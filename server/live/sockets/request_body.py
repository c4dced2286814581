"""Reads the whole body of a request, in limited time, before the application is called.

So a slow client occupies only its own connection. Called by request_handler, with the limits that admission sets. A
body of more than ``IN_MEMORY`` bytes is written to an unnamed temporary file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Protocol

import gevent

IN_MEMORY = 256 * 1024
LARGEST_OF_STRANGERS = 64 * 1024
FIRST_SECONDS = 10.0
BYTES_A_SECOND = 4_096
_CHUNK = 16 * 1024


class Input(Protocol):
    """The method of gevent's request body that this module uses."""

    def read(self, size: int, /) -> bytes: ...


class BodyTooSlowError(Exception):
    """The body arrived more slowly than allowed, or the connection ended before the whole body had arrived."""


class NoRoomError(Exception):
    """The body could not be written to disk."""


@dataclass(frozen=True, slots=True)
class BodyRate:
    """The time limit of request bodies: ``first_seconds``, and one second more for every ``bytes_a_second`` bytes.

    ``folder`` is where large bodies are stored; None means the system's folder for temporary files.
    """

    folder: Path | None = None
    first_seconds: float = FIRST_SECONDS
    bytes_a_second: int = BYTES_A_SECOND

    def take(self, source: Input, length: int, monotonic: Callable[[], float]) -> IO[bytes]:
        """Reads ``length`` bytes of ``source`` into a file, in memory or on disk. The caller must close the file.

        The file is positioned at its start. ``monotonic`` returns seconds. Raises BodyTooSlowError, NoRoomError.
        """
        began, left, waiting = monotonic(), length, bytearray()
        file: IO[bytes] | None = None
        try:
            while left:
                until = began + self.first_seconds + (length - left) / self.bytes_a_second
                waiting += _chunk(source, min(left, _CHUNK), until - monotonic())
                left = length - len(waiting) - (file.tell() if file is not None else 0)
                if len(waiting) > IN_MEMORY or (file is not None and not left):
                    file = file or tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115 - it is returned open
                    # Written in a native thread, because a slow disk must not stop the event loop.
                    gevent.get_hub().threadpool.apply(file.write, (bytes(waiting),))
                    waiting.clear()
        except OSError as error:
            _close(file)
            raise NoRoomError(str(error)) from error
        except BodyTooSlowError:
            _close(file)
            raise
        if file is None:
            return BytesIO(waiting)
        file.seek(0)
        return file


def _chunk(source: Input, size: int, seconds: float) -> bytes:
    """Reads the next ``size`` bytes. Raises BodyTooSlowError if they do not arrive within ``seconds``."""
    try:
        with gevent.Timeout(max(0.001, seconds), BodyTooSlowError("too slow")):
            chunk = source.read(size)
    except OSError as error:
        raise BodyTooSlowError(str(error)) from error
    if not chunk:
        raise BodyTooSlowError("the connection ended within the body")
    return chunk


def _close(file: IO[bytes] | None) -> None:
    if file is not None:
        file.close()
