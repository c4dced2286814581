"""Downloads or opens the documents to which an index of alerts links; called by alert_intake and by trials."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from feeds.download.files import open_file
from feeds.download.http import Fetched
from feeds.errors import FetchError, Refused

DOCUMENT_BYTES = 4 << 20


def linked(address: str, index: str, fetch: Callable[[str], Fetched]) -> Fetched:
    """Downloads or opens the document at ``address``, a link in an index; ``index`` is the URL or path of that index.

    ``fetch`` downloads a URL, at most `DOCUMENT_BYTES`. Raises FetchError if the connection broke before the end of
    the document, Refused if a downloaded index links to a file of this machine, and whatever ``fetch`` raises.
    """
    if "://" in address and not address.startswith("file:"):
        got = fetch(address)
        if not got.complete:
            raise FetchError("Kết nối đứt giữa chừng.", "cut-off")
        return got
    if "://" in index:
        raise Refused("Danh mục trên mạng không được dẫn tới tệp trên máy.", "scheme")
    path = Path(unquote(urlsplit(address).path))
    return Fetched.of_file(str(path), open_file(path, DOCUMENT_BYTES))
