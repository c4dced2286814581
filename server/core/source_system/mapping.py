"""UNVERIFIED names of the source information system's formats, as data; read by core.source_system.

The annexes of 1273/BTTTT-TTCS, 2455/BTTTT-TTCS and 5616/BTTTT-TTCS, which define the format, could not be read. These
names are our own proposal. When the annexes are at hand, only this file changes: the left side is ours, the right
side is theirs. docs/source-system.md explains each name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

VERIFIED: Final = False

BULLETIN_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("number", "maBanTin"),
    "priority": ("priority", "mucDoUuTien"),
    "title": ("title", "tieuDe"),
    "text": ("text", "noiDung"),
    "areas": ("areas", "maDiaBan"),
    "start": ("from", "tuNgay"),
    "until": ("until", "denNgay"),
    "issuer": ("issuer", "coQuanBanHanh"),
    "replaces": ("replaces", "thayTheBanTin"),
    "files": ("files", "tepDinhKem"),
    "recalls": ("recalls", "thuHoiBanTin"),
    "reason": ("reason", "lyDo"),
}
"""Our name of a field of a dropped bulletin -> the names under which it is accepted."""

PRIORITY_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "normal": ("normal", "1", "thong-thuong", "thông thường"),
    "priority": ("priority", "2", "uu-tien", "ưu tiên"),
    "urgent": ("urgent", "3", "khan-cap", "khẩn cấp"),
}
"""Our name of a priority -> the words, in lower case, by which it is accepted."""

REPORT_HEADERS: Final[Mapping[str, str]] = {"number": "X-Report-Number", "message": "Idempotency-Key"}
"""Headers of a pushed report: its place in the order of all reports, and its id, the same at each attempt."""

REPORT_FIELDS: Final[Mapping[str, str]] = {
    "id": "id",
    "number": "number",
    "kind": "kind",
    "period": "period",
    "made": "made",
    "data": "data",
}
"""Our name of a field of a pushed report -> theirs; the fields within ``data`` are those of the API."""
