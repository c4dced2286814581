"""Suspends garbage collection while a process is imported and built; called by cli.processes and cli.commands."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_suspended() -> Iterator[None]:
    """Collects nothing during the block; afterwards all objects that exist are exempt from later collections.

    The modules, tables and templates of a process live until it ends. Collections during their creation took a tenth
    of a start, and later ones would traverse them in vain.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
