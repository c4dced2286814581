"""Secrets, made at the first start, in --data for their owner alone; called by desk_app and assembly."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def key(data: Path, name: str) -> str:
    """The secret of that name, 64 hex; made where it is missing. Two processes that start at once get one."""
    folder = data / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        mine = folder / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(mine, path)
        except FileExistsError:
            pass  # another process was faster
        finally:
            mine.unlink()
    return path.read_text(encoding="ascii").strip()
