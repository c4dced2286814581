"""How the audit's values that are words of the program are said: states, kinds, modes; called by audit_words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext

from server.desk.board_form import THEMES

_STATES: Mapping[str, Any] = {
    # announcements
    "draft": lazy_gettext("Bản nháp"),
    "submitted": lazy_gettext("Chờ duyệt"),
    "returned": lazy_gettext("Bị trả lại"),
    "approved": lazy_gettext("Đã duyệt"),
    "withdrawn": lazy_gettext("Đã gỡ"),
    # urgent notices
    "drafted": lazy_gettext("Đang đề nghị"),
    "live": lazy_gettext("Đang phát"),
    "corrected": lazy_gettext("Đã được đính chính"),
    "cleared": lazy_gettext("Đã gỡ"),
    "expired": lazy_gettext("Đã hết hạn"),
    # stories
    "held": lazy_gettext("Chờ duyệt"),
}
_KINDS: Mapping[str, Any] = {
    # announcements
    "text": lazy_gettext("Chữ"),
    "table": lazy_gettext("Bảng"),
    "pictures": lazy_gettext("Ảnh"),
    "pdf": lazy_gettext("PDF"),
    "video": lazy_gettext("Video"),
    "link": lazy_gettext("Mã QR"),
    "contact": lazy_gettext("Liên hệ"),
    # sources
    "feed": lazy_gettext("RSS, Atom"),
    "page": lazy_gettext("Trang web"),
    "cap": lazy_gettext("Cảnh báo CAP"),
}
VALUES: Mapping[str, Mapping[str, Any]] = {
    "state": _STATES,
    "kind": _KINDS,
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
    "layout": {
        "landscape": lazy_gettext("Nằm ngang"),
        "portrait": lazy_gettext("Đứng"),
        "classic": lazy_gettext("4:3"),
    },
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
    "language": {"vi": "Tiếng Việt", "en": "English"},
}
"""By the name of the field; what stands nowhere here is said as it is."""
