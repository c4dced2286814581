"""Secrets in files of the data folder, made at the first start (mode 0600); called by desk and notifications."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def key(data: Path, name: str) -> str:
    """Returns the secret called ``name``, 64 hex digits, and creates it if it is missing.

    Processes that start at the same time get the same secret.
    """
    folder = data / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        own = folder / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(own, path)
        except FileExistsError:
            pass  # another process was faster
        finally:
            own.unlink()
    return path.read_text(encoding="ascii").strip()
