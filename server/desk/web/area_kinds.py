"""Names of the levels of areas in the user's language; used by desk.areas and desk.records."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

from server.core.model import AreaKind

KIND_LABELS: Mapping[AreaKind, object] = {
    "": lazy_gettext("Chưa ghi"),
    "central": lazy_gettext("Trung ương"),
    "province": lazy_gettext("Tỉnh, thành phố"),
    "commune": lazy_gettext("Xã, phường, đặc khu"),
    "hamlet": lazy_gettext("Thôn, tổ dân phố"),
}
