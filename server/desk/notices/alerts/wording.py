"""Gives words for codes of CAP alerts, such as kind, signature and severity; called by view_model and alert_page."""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale, gettext, lazy_gettext

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
    "weak": lazy_gettext("Chữ ký điện tử đúng, nhưng dùng thuật toán cũ"),
    "broken": lazy_gettext("Chữ ký điện tử sai"),
    "missing": lazy_gettext("Thiếu chữ ký điện tử của nguồn"),
}
_SEVERITIES: Mapping[str, object] = {
    "extreme": lazy_gettext("cực kỳ nghiêm trọng"),
    "severe": lazy_gettext("nghiêm trọng"),
    "moderate": lazy_gettext("vừa"),
    "minor": lazy_gettext("nhẹ"),
}
_URGENCIES: Mapping[str, object] = {
    "immediate": lazy_gettext("phải ứng phó ngay"),
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


def severity(word: str) -> str:
    """Returns the words for a CAP severity such as "Severe" in the user's language.

    For a word that CAP does not have, returns the user's word for "unknown".
    """
    return _known(_SEVERITIES, word)


def urgency(word: str) -> str:
    """Returns the words for a CAP urgency such as "Immediate" in the user's language.

    For a word that CAP does not have, returns the user's word for "unknown".
    """
    return _known(_URGENCIES, word)


def certainty(word: str) -> str:
    """Returns the words for a CAP certainty such as "Observed" in the user's language.

    For a word that CAP does not have, returns the user's word for "unknown".
    """
    return _known(_CERTAINTIES, word)


def language_name(code: str) -> str:
    """Returns the name of a language in the user's language, such as "Tiếng Việt".

    For an unknown code, returns a phrase that contains the code: "Ngôn ngữ «xx»".
    """
    try:
        name = Locale.parse(code, sep="-").get_display_name(get_locale())
    except (UnknownLocaleError, ValueError):
        name = None
    return name or str(gettext("Ngôn ngữ «%(code)s»", code=code))


def _known(words: Mapping[str, object], word: str) -> str:
    return str(words.get(word.casefold()) or gettext("không rõ"))
