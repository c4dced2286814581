"""Feeds that are files: what stands beside them on the disk; called by feeds.refine for pictures of such feeds."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit


def folder_of(address: str) -> Path | None:
    """The folder of the feed when ``address`` is the path of a file, None when it is a URL."""
    return None if "://" in address else Path(address).absolute().parent


def beside(folder: Path, address: str) -> str:
    """``address``, relative to a feed in ``folder``, as a ``file:`` address; "" unless such a file is there.

    Nothing outside of the folder is ever named, whatever ``..`` or links lead to.
    """
    try:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
            return ""
        found = (folder / unquote(parts.path)).resolve()
        return found.as_uri() if found.is_relative_to(folder.resolve()) and found.is_file() else ""
    except (OSError, ValueError):  # a name too long, a zero byte
        return ""
