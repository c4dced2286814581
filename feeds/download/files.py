"""Files of the disk as sources: opened within limits, and what stands beside them.

Called by feeds.read, by feeds.clean.refine for pictures of such feeds, and by whoever fetches a file instead of a
URL.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from feeds.errors import TooLarge, Unreachable

_READ = {".xml", ".rss", ".atom", ".rdf", ".json", ".html", ".htm"}
_MOST_FILES = 50


def open_file(path: Path, most: int) -> bytes:
    """The bytes of a file. Raises Unreachable where it cannot be opened, TooLarge beyond ``most`` bytes."""
    try:
        with path.open("rb") as file:
            body = file.read(most + 1)
    except (OSError, ValueError) as error:
        raise Unreachable(f"Không mở được tệp {path}.", "no-file") from error
    if len(body) > most:
        raise TooLarge(f"Tệp {path} lớn quá mức cho phép.", "too-large")
    return body


def files_of(path: Path) -> list[Path]:
    """The file itself; of a folder the feeds and pages in it, the newest first, at most 50.

    Raises Unreachable for a folder that cannot be listed or holds none.
    """
    if not path.is_dir():
        return [path]
    try:
        found = [file for file in path.iterdir() if file.suffix.lower() in _READ and not file.name.startswith(".")]
        found.sort(key=lambda file: file.stat().st_mtime, reverse=True)
    except OSError as error:
        raise Unreachable(f"Không đọc được thư mục {path}.", "no-file") from error
    if not found:
        raise Unreachable(f"Thư mục {path} chưa có tệp nguồn tin nào ({', '.join(sorted(_READ))}).", "no-file")
    return found[:_MOST_FILES]


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
