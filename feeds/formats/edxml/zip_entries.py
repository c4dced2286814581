"""Opens ZIP files of strangers and reads their entries; called by files and by server.documents.

Nothing is written to disk here, and names of entries are never used as paths.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from feeds.errors import ParseError

MOST_ENTRIES = 10_000
_CHUNK = 2**16
_ENTRY = b"PK\x01\x02"
"""What each entry of the directory at the end of a ZIP file begins with."""
# Other methods need up to a hundred megabytes for a chunk, and no exchange uses them.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# ValueError: a place before the beginning of the file, or a name that is not the UTF-8 that it claims to be.
# NotImplementedError: a version or an encryption that zipfile cannot read. zlib.error and EOFError: damaged content.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError)
_SENTENCE = "Tệp nén trong văn bản điện tử bị hỏng."


def is_zip(body: bytes) -> bool:
    """True if ``body`` begins as a ZIP file does."""
    return body.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def open_zip(body: bytes) -> zipfile.ZipFile:
    """The archive in ``body``. Raises ParseError if it is damaged or has more entries than a document needs."""
    if body.count(_ENTRY) > MOST_ENTRIES:
        raise ParseError("Tệp nén trong văn bản điện tử có quá nhiều tệp nên bị từ chối.", "zip-bomb")
    try:
        return zipfile.ZipFile(io.BytesIO(body))
    except _DAMAGE as error:
        raise ParseError(_SENTENCE, "zip") from error


def chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yields the content of an entry in parts of at most 64 KiB. Raises ParseError if it cannot be read."""
    if entry.flag_bits & 1:
        raise ParseError("Tệp nén trong văn bản điện tử có mật khẩu, không mở được.", "zip-password")
    if entry.compress_type not in _METHODS:
        raise ParseError("Tệp nén trong văn bản điện tử dùng kiểu nén lạ, không mở được.", "zip")
    try:
        with archive.open(entry) as file:
            while part := file.read(_CHUNK):
                yield part
    except _DAMAGE as error:
        raise ParseError(_SENTENCE, "zip") from error
