"""What one socket could not take at once: in order, urgent frames first, bounded; called by the event socket."""

from __future__ import annotations

from collections import deque

# At 16 KiB a message, the most that the wire sends, this is half of what a deaf screen may cost (5 MB).
MOST_FRAMES = 128
MOST_BYTES = 4 * 1024 * 1024


class Backlog:
    """Frames that wait; the first one may have gone out in part, so nothing is put before it."""

    __slots__ = ("_begun", "_frames", "_urgent", "_weight")

    def __init__(self) -> None:
        self._frames: deque[bytes | memoryview] = deque()
        self._begun = False
        self._urgent = 0
        self._weight = 0

    def __len__(self) -> int:
        return len(self._frames)

    def begin(self, frame: bytes, sent: int) -> None:
        """The first frame, of which ``sent`` bytes have gone out."""
        self._frames.append(memoryview(frame)[sent:])
        self._begun = sent > 0
        self._weight = len(frame) - sent

    def add(self, frame: bytes, *, urgent: bool) -> bool:
        """Lets a frame wait; False where too much waits already. One frame of any size fits into an empty place."""
        if self._weight > MOST_BYTES or len(self._frames) >= MOST_FRAMES:
            return False
        if urgent:
            self._frames.insert(self._begun + self._urgent, frame)
            self._urgent += 1
        else:
            self._frames.append(frame)
        self._weight += len(frame)
        return True

    @property
    def head(self) -> bytes | memoryview:
        return self._frames[0]

    def took(self, sent: int) -> None:
        """``sent`` bytes of ``head``, at least one, have gone out."""
        head = self._frames.popleft()
        self._weight -= sent
        if self._urgent and not self._begun:
            self._urgent -= 1
        self._begun = sent < len(head)
        if self._begun:
            self._frames.appendleft(memoryview(head)[sent:])
