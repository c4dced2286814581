"""Saves a fault of the desk's process in a file of the data folder: the desk writes it, /readyz reads it.

The store and Redis are not used for that, because the fault may be that one of these cannot be reached.
"""

from __future__ import annotations

import os
from pathlib import Path

NAME = "desk-trouble"
_MOST_BYTES = 2_000


def write(data: Path, sentence: str) -> None:
    """Saves the Vietnamese sentence about the fault, "" for no fault. On a disk error the old sentence stays."""
    path = data / NAME
    try:
        if not sentence:
            path.unlink(missing_ok=True)
            return
        new = path.with_name(f".{NAME}.{os.getpid()}")
        new.write_text(sentence, encoding="utf-8")
        new.replace(path)
    except OSError:
        return


def read(data: Path) -> str:
    """The Vietnamese sentence that the desk wrote last; "" if nothing is wrong."""
    try:
        with (data / NAME).open("rb") as file:
            return file.read(_MOST_BYTES).decode(errors="replace").strip()
    except OSError:
        return ""
