"""Reads sources that are files or folders on this machine, and finds the pictures in the folder of such a file.

Called by feeds, the worker and the command line.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from feeds.errors import TooLarge, Unreachable

_SUFFIXES = {".xml", ".rss", ".atom", ".rdf", ".json", ".html", ".htm"}
_MAX_FILES = 50


def open_file(path: Path, most: int) -> bytes:
    """Returns the bytes of a file. Raises Unreachable if it cannot be opened, TooLarge beyond ``most`` bytes."""
    try:
        with path.open("rb") as file:
            body = file.read(most + 1)
    except (OSError, ValueError) as error:
        raise Unreachable(f"Không mở được tệp {path}.", "no-file") from error
    if len(body) > most:
        raise TooLarge(f"Tệp {path} lớn quá mức cho phép.", "too-large")
    return body


def files_of(path: Path) -> list[Path]:
    """Returns the files of a source: ``path`` itself or, if it is a folder, the feeds and HTML pages in it.

    Of a folder at most 50 files are returned, the newest first. Raises Unreachable for a folder that cannot be listed
    or has no such file.
    """
    if not path.is_dir():
        return [path]
    try:
        found = [
            file for file in path.iterdir() if file.suffix.lower() in _SUFFIXES and not file.name.startswith(".")
        ]
        found.sort(key=lambda file: file.stat().st_mtime, reverse=True)
    except OSError as error:
        raise Unreachable(f"Không đọc được thư mục {path}.", "no-file") from error
    if not found:
        raise Unreachable(f"Thư mục {path} chưa có tệp nguồn tin nào ({', '.join(sorted(_SUFFIXES))}).", "no-file")
    return found[:_MAX_FILES]


def folder_of(address: str) -> Path | None:
    """Returns the folder of a feed that is a file; None if ``address`` is a URL."""
    return None if "://" in address else Path(address).absolute().parent


def file_beside(folder: Path, address: str) -> str:
    """Returns the ``file:`` URL of ``address``, which is relative to a feed in ``folder``; "" without such a file.

    Also returns "" for a file outside of the folder, to which ``..`` or a symbolic link leads.
    """
    try:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
            return ""
        found = (folder / unquote(parts.path)).resolve()
        return found.as_uri() if found.is_relative_to(folder.resolve()) and found.is_file() else ""
    except (OSError, ValueError):  # a file name that is too long or has a zero byte
        return ""
