"""Gives words for levels and states of received alerts; called by desk.notices, sources, records and web."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

LEVEL_NAMES: Mapping[str, object] = {
    "normal": lazy_gettext("Thường"),
    "priority": lazy_gettext("Ưu tiên"),
    "urgent": lazy_gettext("Khẩn cấp"),
}
LEVELS: Mapping[str, object] = {
    "urgent": lazy_gettext("Khẩn cấp: phủ toàn màn hình"),
    "priority": lazy_gettext("Ưu tiên: dải chữ và trang kế tiếp"),
    "normal": lazy_gettext("Thường: một trang trong vòng chiếu"),
}
"""Level -> how it is shown."""
_STATES: Mapping[str, tuple[str, object]] = {
    "in_force": ("bad", lazy_gettext("Đang hiệu lực")),
    "waiting": ("warn", lazy_gettext("Chờ đến giờ hiệu lực")),
    "draft": ("warn", lazy_gettext("Chờ biên tập viên quyết định")),
    "ended": ("off", lazy_gettext("Đã kết thúc")),
    "done": ("off", lazy_gettext("Đã kết thúc các bản trước")),
    "refused": ("off", lazy_gettext("Đã từ chối")),
    "ignored": ("off", lazy_gettext("Không dùng")),
}


def level_name(level: str) -> str:
    """Returns the name of a level, such as "Khẩn cấp"; "" for an unknown one."""
    return str(LEVEL_NAMES.get(level, ""))


def level_words(level: str) -> str:
    """Returns how an alert of this level is shown, in words; "" for an alert without a level, which is not shown."""
    return str(LEVELS.get(level, ""))


def state_words(state: str) -> tuple[str, str]:
    """Returns the mark and the words for the state of an alert, such as ("bad", "Đang hiệu lực").

    The mark is the kind of the coloured mark on the page: "warn", "bad" or "off".
    """
    kind, words = _STATES.get(state, ("off", lazy_gettext("Chưa xét")))
    return kind, str(words)
