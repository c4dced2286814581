"""A bounded queue of the frames that a socket could not send at once, urgent ones first; used by frame_sender."""

from __future__ import annotations

from collections import deque

# 128 messages of the largest size (16 KiB) take 2 MB; a client that does not read may cost at most 5 MB of memory.
MOST_FRAMES = 128
MOST_BYTES = 4 * 1024 * 1024


class Backlog:
    """A queue of frames. Urgent frames go before the others, and keep their order among themselves.

    No frame goes before one that was sent in part.
    """

    __slots__ = ("_frames", "_partly_sent", "_size", "_urgent")

    def __init__(self) -> None:
        self._frames: deque[bytes | memoryview] = deque()
        self._partly_sent = False
        self._urgent = 0
        self._size = 0

    def __len__(self) -> int:
        """The number of frames."""
        return len(self._frames)

    def begin(self, frame: bytes, sent: int, *, urgent: bool) -> None:
        """Adds the first frame to the empty queue; its first ``sent`` bytes have already been sent."""
        self._frames.append(memoryview(frame)[sent:])
        self._partly_sent = sent > 0
        self._urgent = int(urgent and not self._partly_sent)
        self._size = len(frame) - sent

    def add(self, frame: bytes, *, urgent: bool) -> bool:
        """Adds a frame. Returns False instead if ``MOST_FRAMES`` or more than ``MOST_BYTES`` are already waiting."""
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
        """The bytes to send next: the first frame, or its unsent rest. Raises IndexError if the queue is empty."""
        return self._frames[0]

    def remove(self, sent: int) -> None:
        """Removes the first ``sent`` bytes of ``head``, which have been sent; ``sent`` is at least 1."""
        head = self._frames.popleft()
        self._size -= sent
        if self._urgent and not self._partly_sent:
            self._urgent -= 1
        self._partly_sent = sent < len(head)
        if self._partly_sent:
            self._frames.appendleft(memoryview(head)[sent:])
