"""Serves static files, with gzip where that helps, under addresses with a checksum; used by live.glass and the desk.

Because of the checksum, browsers may cache the files for ever. Some communes have slow lines, on which every kilobyte
and every round trip takes noticeable time, and have no proxy in front of the server that would compress.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flask import Response, request

CONTENT_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
_FOREVER = "public, max-age=31536000, immutable"
_IMPORT = re.compile(r'@import url\("([\w.-]+)"\);\n')
_MODULE = re.compile(r'^(?:import|export) [^;"]*?"(\.[\w./-]+)"', re.MULTILINE)
# A file is sent compressed only if gzip makes it smaller than this share of its size; fonts are compressed already.
_WORTHWHILE = 0.9


@dataclass(frozen=True, slots=True)
class Assets:
    """A set of static files: ``files`` maps a name (as in ``/assets/BUILD/NAME``) to the file's bytes.

    ``build`` is 12 hex digits of a SHA-256 over all files; ``of`` computes it. Each file is compressed once, when a
    browser first requests it.
    """

    build: str
    files: Mapping[str, bytes]
    _compressed: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> Assets:
        checksum = hashlib.sha256(b"".join(name.encode() + body for name, body in sorted(files.items())))
        return cls(checksum.hexdigest()[:12], files)

    def type_of(self, name: str) -> str:
        """Returns the content type for the suffix of the file's name. Raises KeyError if the suffix is unknown."""
        return CONTENT_TYPES[Path(name).suffix]

    def modules(self, first: str) -> list[str]:
        """Returns the names of the JavaScript module ``first`` and of all modules that it imports, also indirectly.

        Pages have preload links to them.
        """
        found = [first]
        for name in found:
            for path in _MODULE.findall(self.files[name].decode()):
                other = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
                if other in self.files and other not in found:
                    found.append(other)
        return found

    def answer(self, name: str) -> Response:
        """Returns a response with the file ``name``, which browsers may cache for ever.

        Raises KeyError if there is no such file.
        """
        body, compressed = self.files[name], self._gzip(name)
        worthwhile = len(compressed) < _WORTHWHILE * len(body)
        accepted = request.accept_encodings.quality("gzip") > 0
        answer = Response(compressed if worthwhile and accepted else body, content_type=self.type_of(name))
        answer.headers["Cache-Control"] = _FOREVER
        if worthwhile:
            answer.vary.add("Accept-Encoding")
        if worthwhile and accepted:
            answer.content_encoding = "gzip"
        return answer

    def _gzip(self, name: str) -> bytes:
        if name not in self._compressed:
            self._compressed[name] = gzip.compress(self.files[name], mtime=0)
        return self._compressed[name]


def unreadable_text(error: OSError, where: str) -> str:
    """Returns a Vietnamese error message for a file that cannot be read: it names the file and says what to do.

    ``where`` says in Vietnamese for what the file is needed.
    """
    if isinstance(error, FileNotFoundError):
        return (
            f"Thiếu tệp {error.filename} cho {where}; hãy chạy: make setup. "
            "Nếu tệp không nằm trong node_modules, hãy chép lại mã nguồn của chương trình."
        )
    return (
        f"Không đọc được tệp {error.filename} cho {where} ({error.strerror}); "
        "hãy cho tài khoản chạy chương trình quyền đọc tệp ấy."
    )


def joined(sheet: Path, elsewhere: Mapping[str, Path] | None = None) -> str:
    """Returns the text of a style sheet, with each import replaced by the text of the imported sheet.

    ``elsewhere`` maps names of imported sheets to files that are not in the folder of ``sheet``. Raises OSError if a
    sheet cannot be read.
    """
    others = elsewhere or {}
    text = sheet.read_text(encoding="utf-8")
    return _IMPORT.sub(lambda found: others.get(found[1], sheet.parent / found[1]).read_text(encoding="utf-8"), text)
