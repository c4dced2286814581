"""Words for the codes of alerts: level, kind, signature, severity and others; called by the view model of alerts."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext

LEVELS: Mapping[str, object] = {
    "urgent": lazy_gettext("Khẩn cấp: phủ toàn màn hình"),
    "priority": lazy_gettext("Ưu tiên: dải chữ và trang kế tiếp"),
    "normal": lazy_gettext("Thường: một trang trong vòng chiếu"),
}
KINDS: Mapping[str, object] = {
    "Alert": lazy_gettext("Cảnh báo mới"),
    "Update": lazy_gettext("Bản cập nhật"),
    "Cancel": lazy_gettext("Tin hủy"),
    "Ack": lazy_gettext("Tin xác nhận giữa các hệ thống"),
    "Error": lazy_gettext("Tin báo lỗi giữa các hệ thống"),
}
SIGNATURES: Mapping[str, object] = {
    "unsigned": lazy_gettext("Không có chữ ký điện tử"),
    "unchecked": lazy_gettext("Có chữ ký điện tử, chưa kiểm vì nguồn chưa khai chứng thư"),
    "valid": lazy_gettext("Chữ ký điện tử đúng"),
    "weak": lazy_gettext("Chữ ký điện tử đúng, nhưng dùng thuật toán cũ (SHA-1)"),
    "broken": lazy_gettext("Chữ ký điện tử sai"),
    "missing": lazy_gettext("Thiếu chữ ký điện tử của nguồn"),
}
STATES: Mapping[str, tuple[str, object]] = {
    "in_force": ("bad", lazy_gettext("Đang hiệu lực")),
    "waiting": ("warn", lazy_gettext("Chờ đến giờ hiệu lực")),
    "draft": ("warn", lazy_gettext("Chờ biên tập viên quyết định")),
    "ended": ("off", lazy_gettext("Đã kết thúc")),
    "done": ("off", lazy_gettext("Đã kết thúc các bản trước")),
    "refused": ("off", lazy_gettext("Đã từ chối")),
    "ignored": ("off", lazy_gettext("Không dùng")),
}
"""State of a document -> (kind of the coloured mark, words)."""
_SEVERITIES: Mapping[str, object] = {
    "extreme": lazy_gettext("cực kỳ nghiêm trọng"),
    "severe": lazy_gettext("nghiêm trọng"),
    "moderate": lazy_gettext("vừa"),
    "minor": lazy_gettext("nhẹ"),
}
_URGENCIES: Mapping[str, object] = {
    "immediate": lazy_gettext("phải làm ngay"),
    "expected": lazy_gettext("trong giờ tới"),
    "future": lazy_gettext("sắp tới"),
    "past": lazy_gettext("đã qua"),
}
_CERTAINTIES: Mapping[str, object] = {
    "observed": lazy_gettext("đã quan trắc được"),
    "likely": lazy_gettext("nhiều khả năng"),
    "possible": lazy_gettext("có thể"),
    "unlikely": lazy_gettext("ít khả năng"),
}
_LANGUAGES: Mapping[str, object] = {
    "vi": lazy_gettext("Tiếng Việt"),
    "en": lazy_gettext("Tiếng Anh"),
    "fr": lazy_gettext("Tiếng Pháp"),
    "zh-hans": lazy_gettext("Tiếng Trung (giản thể)"),
    "zh-hant": lazy_gettext("Tiếng Trung (phồn thể)"),
    "km": lazy_gettext("Tiếng Khmer"),
    "lo": lazy_gettext("Tiếng Lào"),
    "th": lazy_gettext("Tiếng Thái"),
}


def level_words(level: str) -> str:
    """How an alert is shown, in words; "" while it is shown nowhere."""
    return str(LEVELS.get(level, ""))


def state_words(state: str) -> tuple[str, str]:
    """The kind of the coloured mark ("good", "warn", "bad", "off") and the words for the state of a document."""
    kind, words = STATES.get(state, ("off", lazy_gettext("Chưa xét")))
    return kind, str(words)


def severity(word: str) -> str:
    """The severity of CAP in words."""
    return _known(_SEVERITIES, word)


def urgency(word: str) -> str:
    """The urgency of CAP in words."""
    return _known(_URGENCIES, word)


def certainty(word: str) -> str:
    """The certainty of CAP in words."""
    return _known(_CERTAINTIES, word)


def language_name(code: str) -> str:
    """The name of a language, such as "Tiếng Việt"; of an unknown one its code."""
    return str(_LANGUAGES.get(code) or gettext("Ngôn ngữ «%(code)s»", code=code))


def _known(words: Mapping[str, object], word: str) -> str:
    return str(words.get(word.casefold()) or gettext("không rõ"))
