"""Describes the validation errors of an API request in the caller's language; called by server.desk.api.openapi.

pydantic's messages are English; this module holds a Vietnamese message for each type of error.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

_VIETNAMESE: Mapping[str, str] = {
    "missing": "thiếu",
    "extra_forbidden": "không có mục này",
    "string_type": "phải là chữ",
    "string_too_short": "cần ít nhất {min_length} chữ cái",
    "string_too_long": "dài nhất là {max_length} chữ cái",
    "string_pattern_mismatch": "không đúng dạng mà tài liệu của API nêu",
    "datetime_type": "phải là ngày giờ theo ISO 8601",
    "datetime_parsing": "phải là ngày giờ theo ISO 8601",
    "datetime_from_date_parsing": "phải là ngày giờ theo ISO 8601",
    "datetime_object_invalid": "không có ngày giờ này",
    "timezone_aware": "ngày giờ cần múi giờ, như +07:00",
    "tuple_type": "phải là một danh sách",
    "value_error": "không hợp lệ",
    "time": "phải là ngày giờ theo ISO 8601, năm từ 2000 đến 2100",
    "one end": "cần đúng một trong hai: minutes hoặc until",
    "cursor": "không phải là con trỏ của danh sách này",
    "int_type": "phải là số nguyên",
    "int_parsing": "phải là số nguyên",
    "greater_than_equal": "nhỏ nhất là {ge}",
    "less_than_equal": "lớn nhất là {le}",
    "bool_type": "phải là true hoặc false",
    "bool_parsing": "phải là true hoặc false",
    "literal_error": "chỉ nhận {expected}",
    "too_short": "cần ít nhất {min_length}",
    "too_long": "nhiều nhất là {max_length}",
    "json_invalid": "không phải JSON",
    "model_type": "phải là một đối tượng JSON",
    "model_attributes_type": "phải là một đối tượng JSON",
}
_OTHER = "không hợp lệ"


def places_of(error: ValidationError, language: str) -> list[tuple[str, str]]:
    """Returns the errors as pairs (place, message).

    The place is the path of the wrong value, with dots, as in "files.0.key"; "body" if the whole body is wrong.
    ``language`` is "vi" or "en".
    """
    found = []
    for one in error.errors(include_url=False, include_input=False):
        place = ".".join(map(str, one["loc"])) or "body"
        given = {name: str(value).replace(" or ", " hoặc ") for name, value in one.get("ctx", {}).items()}
        vietnamese = _VIETNAMESE.get(one["type"], _OTHER).format_map(given)
        found.append((place, one["msg"] if language == "en" else vietnamese))
    return found
