"""Sends one message to a child process and receives its answer, through pipes; used by feeds.sandbox.isolate."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
from time import monotonic

from feeds.sandbox.pack import Answer

_CHUNK = 1 << 16
_MAX_ANSWER = 64 * 2**20


class BrokenChild(Exception):  # noqa: N818 - never leaves feeds.sandbox
    """The child died, sent a malformed message or more than ``_MAX_ANSWER`` bytes, or missed its deadline.

    The exception stays within feeds.sandbox: isolate raises ParseError instead.
    """


class Exchange:
    """Writes ``question`` to a child and reads its answer at the same time, so that full pipes cannot block both.

    ``seconds`` is the time limit for writing and reading together.
    """

    def __init__(self, process: subprocess.Popen[bytes], question: bytes, seconds: float) -> None:
        if process.stdin is None or process.stdout is None:
            raise BrokenChild
        self._stdin, self._stdout = process.stdin.fileno(), process.stdout.fileno()
        self._question = memoryview(question)
        self._answer = bytearray()
        self._searched = 0
        self._fields: dict[str, object] | None = None
        self._size = 0
        self._deadline = monotonic() + seconds

    def run(self) -> Answer:
        """Returns (fields of the answer, bytes that follow them). Raises BrokenChild."""
        with selectors.DefaultSelector() as selector:
            if self._question:
                selector.register(self._stdin, selectors.EVENT_WRITE)
            selector.register(self._stdout, selectors.EVENT_READ)
            while (answer := self._complete_answer()) is None:
                left = self._deadline - monotonic()
                ready = selector.select(left) if left > 0 else []
                if not ready:
                    raise BrokenChild
                for key, _ in ready:
                    self._transfer(key.fd, selector)
        return answer

    def _transfer(self, descriptor: int, selector: selectors.BaseSelector) -> None:
        try:
            if descriptor == self._stdout:
                piece = os.read(descriptor, _CHUNK)
                if not piece or len(self._answer) > _MAX_ANSWER:
                    raise BrokenChild
                self._answer += piece
            else:
                self._question = self._question[os.write(descriptor, self._question[:_CHUNK]) :]
                if not self._question:
                    selector.unregister(descriptor)
        except BlockingIOError:
            return
        except BrokenPipeError as error:
            raise BrokenChild from error

    def _complete_answer(self) -> Answer | None:
        """Returns the answer if all its bytes have arrived, else None. Raises BrokenChild for a malformed message."""
        if self._fields is None:
            # Only new bytes are searched: a long answer without a line break must not cost quadratic time.
            end = self._answer.find(b"\n", self._searched)
            self._searched = len(self._answer)
            if end < 0:
                return None
            self._fields, self._size = _parsed(bytes(self._answer[:end]))
            del self._answer[: end + 1]
        return (self._fields, bytes(self._answer)) if len(self._answer) >= self._size else None


def _parsed(line: bytes) -> tuple[dict[str, object], int]:
    """Parses the first line of a message into (fields, number of bytes that follow the line). Raises BrokenChild."""
    try:
        fields = json.loads(line)
        size = fields["bytes"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise BrokenChild from error
    if not isinstance(fields, dict) or not isinstance(size, int):
        raise BrokenChild
    return fields, size
