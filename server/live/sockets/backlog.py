"""The frames that one socket could not send at once: in order, urgent ones first, bounded; used by event_socket."""

from __future__ import annotations

from collections import deque

# At 16 KiB a message, the most that the wire sends, this is half of what a client that does not read may cost (5 MB).
MOST_FRAMES = 128
MOST_BYTES = 4 * 1024 * 1024


class Backlog:
    """A queue of frames. Nothing is put before the first one once a part of it has been sent."""

    __slots__ = ("_frames", "_partly_sent", "_size", "_urgent")

    def __init__(self) -> None:
        self._frames: deque[bytes | memoryview] = deque()
        self._partly_sent = False
        self._urgent = 0
        self._size = 0

    def __len__(self) -> int:
        """The number of frames."""
        return len(self._frames)

    def begin(self, frame: bytes, sent: int) -> None:
        """Adds the first frame, of which ``sent`` bytes have been sent already."""
        self._frames.append(memoryview(frame)[sent:])
        self._partly_sent = sent > 0
        self._size = len(frame) - sent

    def add(self, frame: bytes, *, urgent: bool) -> bool:
        """Adds a frame of any size; False if ``MOST_FRAMES`` or more than ``MOST_BYTES`` are waiting already."""
        if self._size > MOST_BYTES or len(self._frames) >= MOST_FRAMES:
            return False
        if urgent:
            self._frames.insert(self._partly_sent + self._urgent, frame)
            self._urgent += 1
        else:
            self._frames.append(frame)
        self._size += len(frame)
        return True

    @property
    def head(self) -> bytes | memoryview:
        """What is to be sent next: the first frame, or the rest of it. Raises IndexError if empty."""
        return self._frames[0]

    def remove(self, sent: int) -> None:
        """Removes the first ``sent`` bytes of ``head``, at least one."""
        head = self._frames.popleft()
        self._size -= sent
        if self._urgent and not self._partly_sent:
            self._urgent -= 1
        self._partly_sent = sent < len(head)
        if self._partly_sent:
            self._frames.appendleft(memoryview(head)[sent:])
