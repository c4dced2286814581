"""Vietnamese labels of values in the audit that are names in the code: states, kinds, modes; called by audit_text."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

from server.desk.announcements.composer_fields import KINDS
from server.desk.announcements.wording import PHASE_LABELS
from server.desk.boards.form import LANGUAGE_NAMES, LAYOUTS, THEMES

_STATES: Mapping[str, object] = {
    **{str(phase): label for phase, label in PHASE_LABELS.items()},
    "approved": lazy_gettext("Đã duyệt"),
    # urgent notices
    "drafted": lazy_gettext("Đang đề nghị"),
    "live": lazy_gettext("Đang phát"),
    "corrected": lazy_gettext("Đã được đính chính"),
    "cleared": lazy_gettext("Đã gỡ"),
    "expired": lazy_gettext("Đã hết hạn"),
    # stories
    "held": lazy_gettext("Chờ duyệt"),
}
_SOURCES: Mapping[str, object] = {
    "feed": lazy_gettext("RSS, Atom"),
    "page": lazy_gettext("Trang web"),
    "cap": lazy_gettext("Cảnh báo CAP"),
}
VALUES: Mapping[str, Mapping[str, object]] = {
    "state": _STATES,
    "kind": {**KINDS, **_SOURCES},
    "level": {
        "normal": lazy_gettext("Thường"),
        "priority": lazy_gettext("Ưu tiên"),
        "urgent": lazy_gettext("Khẩn cấp"),
    },
    "mode": {
        "on": lazy_gettext("Chiếu"),
        "dark": lazy_gettext("Tắt tối"),
        "safe": lazy_gettext("Màn hình an toàn"),
    },
    "layout": LAYOUTS,
    "trust": {
        "auto": lazy_gettext("lên bảng ngay"),
        "hold": lazy_gettext("chờ biên tập viên duyệt, cả khi được sửa"),
        "alerts": lazy_gettext("chỉ cảnh báo"),
    },
    "alerts": {
        "none": lazy_gettext("không"),
        "draft": lazy_gettext("đề nghị, chờ người duyệt"),
        "live": lazy_gettext("phát ngay"),
    },
    "theme": THEMES,
    "language": LANGUAGE_NAMES,
}
"""Name of the field -> value -> label. Other values are shown as they are."""
