"""The passwords of mailboxes, which are never in the store: in a file of the data folder, or in the environment.

The desk writes the file, the worker reads it; both are given the data folder. `run.py backup` includes it, like the
other files in the folder ``keys``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

PREFIX = "BANGTIN_MAILBOX_"
LONGEST = 500


def variable(slug: str) -> str:
    """The name of the environment variable for the mailbox with this slug."""
    return PREFIX + slug.upper().replace("-", "_")


def path_of(data: Path, slug: str) -> Path:
    """The file with the password of the mailbox with this slug."""
    return data / "keys" / f"mailbox-{slug}"


def password(data: Path, slug: str, environment: Mapping[str, str]) -> str:
    """The password of a mailbox; "" if there is none.

    The file has precedence: a keeper who sets another server at the desk must type a password, so that the one in the
    environment is never sent to a server that it was not meant for.
    """
    try:
        found = path_of(data, slug).read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError):
        found = ""
    return found or environment.get(variable(slug), "")


def keep(data: Path, slug: str, text: str) -> None:
    """Writes the password of a mailbox into its file (mode 0600), in one step. Raises OSError."""
    path = path_of(data, slug)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    half.replace(path)


def forget(data: Path, slug: str) -> None:
    """Deletes the file with the password of a mailbox, if there is one. Raises OSError."""
    path_of(data, slug).unlink(missing_ok=True)
