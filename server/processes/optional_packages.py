"""Hides packages from libraries that import them whenever they are installed; called by run.py and cli.processes.

python-socketio is both a client and a server and knows several message queues, and imports what each of them needs;
structlog imports rich for tracebacks on a terminal. The processes use none of these packages, and importing them
took a quarter of the time of a start. For Redis, server/live/broadcast has a connection of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast

OF_SOCKETIO = ("aiohttp", "kafka", "redis", "requests", "websocket")
OF_STRUCTLOG = ("rich",)


@contextmanager
def packages_hidden(names: tuple[str, ...]) -> Iterator[None]:
    """Makes imports of the packages ``names`` fail during the ``with`` block, as if they were not installed.

    A package that is loaded already is not hidden.
    """
    # The import system takes None for "cannot be imported", which the type of sys.modules does not allow.
    modules = cast("dict[str, ModuleType | None]", sys.modules)
    hidden = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            del modules[name]
