"""Describes the validation errors of a posted JSON body in the caller's language; called by server.desk.api.v1.

pydantic's messages are English; this module holds Vietnamese messages by the type of the error.
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
    "string_pattern_mismatch": "không đúng dạng; địa chỉ bắt đầu bằng http:// hoặc https://",
    "datetime_type": "phải là ngày giờ theo ISO 8601",
    "datetime_parsing": "phải là ngày giờ theo ISO 8601",
    "datetime_from_date_parsing": "phải là ngày giờ theo ISO 8601",
    "datetime_object_invalid": "không có ngày giờ này",
    "timezone_aware": "ngày giờ cần múi giờ, như +07:00",
    "tuple_type": "phải là một danh sách",
    "value_error": "không hợp lệ; năm phải từ 2000 đến 2100",
    "json_invalid": "không phải JSON",
    "model_type": "phải là một đối tượng JSON",
    "model_attributes_type": "phải là một đối tượng JSON",
}
_OTHER = "không hợp lệ"


def error_text(error: ValidationError, language: str) -> str:
    """The errors as one text, each as "place: message"; the place is the path of the value in the posted JSON.

    ``language`` is "vi" or "en".
    """
    said = []
    for one in error.errors(include_url=False, include_input=False):
        place = ".".join(map(str, one["loc"])) or "body"
        if language == "en":
            said.append(f"{place}: {one['msg']}")
        else:
            said.append(f"{place}: {_VIETNAMESE.get(one['type'], _OTHER).format_map(one.get('ctx', {}))}")
    return "; ".join(said)
