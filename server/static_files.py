"""What browsers fetch under a checksum: fewer files, named early, in gzip; called by the assets of glass and desk.

A commune at the end of a slow line waits for every kilobyte and every round trip, and has no proxy in front that
would pack for it.
"""

from __future__ import annotations

import gzip
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from flask import Response, request

_FOREVER = "public, max-age=31536000, immutable"
_IMPORT = re.compile(r'@import url\("([\w.-]+)"\);\n')
_MODULE = re.compile(r'^(?:import|export) [^;"]*?"(\.[\w./-]+)"', re.MULTILINE)
# What shrinks by less than this is not worth unpacking: fonts are packed already.
_WORTH = 0.9


def joined(sheet: Path, elsewhere: Mapping[str, Path] | None = None) -> str:
    """A style sheet with the sheets that it imports in their places. Raises OSError.

    ``elsewhere`` maps names of imported sheets to files that do not stand beside ``sheet``.
    """
    others = elsewhere or {}
    text = sheet.read_text(encoding="utf-8")
    return _IMPORT.sub(lambda found: others.get(found[1], sheet.parent / found[1]).read_text(encoding="utf-8"), text)


def modules(files: Mapping[str, bytes], first: str) -> list[str]:
    """The names of a module and of all that it imports, so that a page can name them before they are asked for."""
    found = [first]
    for name in found:
        for path in _MODULE.findall(files[name].decode()):
            other = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            if other in files and other not in found:
                found.append(other)
    return found


class Packed:
    """Answers with files that never change, each packed once, when it is first asked for."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._packed: dict[str, bytes] = {}

    def answer(self, name: str, kind: str) -> Response:
        """One of the files, as content type ``kind``. Raises KeyError."""
        body, packed = self._files[name], self._pack(name)
        shrunk = len(packed) < _WORTH * len(body)
        takes = request.accept_encodings.quality("gzip") > 0
        answer = Response(packed if shrunk and takes else body, content_type=kind)
        answer.headers["Cache-Control"] = _FOREVER
        if shrunk:
            answer.vary.add("Accept-Encoding")
        if shrunk and takes:
            answer.content_encoding = "gzip"
        return answer

    def _pack(self, name: str) -> bytes:
        if name not in self._packed:
            self._packed[name] = gzip.compress(self._files[name], mtime=0)
        return self._packed[name]
