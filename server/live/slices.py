"""Long work on the loop cut into slices, so that no notice waits for thousands of boards; used by assembly."""

from __future__ import annotations

from collections.abc import Callable

SLICE_SECONDS = 0.005


class Slices:
    """Called between one piece of work and the next: lets others run where ``SLICE_SECONDS`` have gone by.

    ``monotonic`` gives seconds, ``pause`` is what lets the others run.
    """

    def __init__(self, monotonic: Callable[[], float], pause: Callable[[], object]) -> None:
        self._monotonic, self._pause = monotonic, pause
        self._since = monotonic()

    def __call__(self) -> None:
        if self._monotonic() - self._since >= SLICE_SECONDS:
            self._pause()
            self._since = self._monotonic()
