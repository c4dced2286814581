"""Answers requests for uploaded documents, and describes them in words; called by queue and public.item_views.

The desk only says which file it is: the server's process sends it (server.live.ops.stored_files), so that a slow
reader of a large file occupies no thread of the desk.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

from flask import Response
from flask_babel import format_decimal, gettext, lazy_gettext

from server.core.model import Original
from server.media.media_files import SUFFIX
from server.security_headers import FILE_HEADER

# Whatever is in the file, a browser that opens it runs nothing and loads nothing.
_POLICY = "sandbox; default-src 'none'"
_KILOBYTE, _MEGABYTE = 1024, 1024 * 1024
_NAMES: Mapping[str, object] = {
    "pdf": "PDF",
    "xlsx": lazy_gettext("bảng tính Excel"),
    "csv": lazy_gettext("bảng CSV"),
    "docx": lazy_gettext("văn bản Word"),
}


def original_answer(file: Original) -> Response:
    """Returns the answer with which a browser saves the file under its own name."""
    path = f"{file.hash}.{SUFFIX[file.type]}"
    answer = Response(path, content_type=file.type)
    answer.headers[FILE_HEADER] = path
    # The name in ASCII for old programs, and whole for the others.
    plain = unicodedata.normalize("NFKD", file.name.replace("đ", "d").replace("Đ", "D"))
    names = {
        "filename": plain.encode("ascii", "ignore").decode(),
        "filename*": f"UTF-8''{quote(file.name, safe='-._')}",
    }
    answer.headers.set("Content-Disposition", "attachment", **names)
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def file_facts(file: Original) -> str:
    """Returns kind and size of a document in words, such as "PDF, 1,2 MB"."""
    if file.size < _MEGABYTE:
        size = f"{format_decimal(max(1, round(file.size / _KILOBYTE)))} KB"
    else:
        size = f"{format_decimal(round(file.size / _MEGABYTE, 1))} MB"
    return str(gettext("%(kind)s, %(size)s", kind=str(_NAMES[SUFFIX[file.type]]), size=size))
