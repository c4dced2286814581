"""Translates the errors that pydantic found in config.toml to Vietnamese; called by server.setup.config_file."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

_MESSAGES = {
    "extra_forbidden": "không có khóa này (gõ nhầm?)",
    "missing": "còn thiếu",
    "string_pattern_mismatch": "không đúng dạng, cần khớp {pattern}",
    "greater_than": "phải lớn hơn {gt}",
    "greater_than_equal": "không được nhỏ hơn {ge}",
    "less_than_equal": "không được lớn hơn {le}",
    "literal_error": "chỉ nhận {expected}",
    "string_type": "phải là chữ trong ngoặc kép",
    "bool_type": "phải là true hoặc false",
    "bool_parsing": "phải là true hoặc false",
    "int_type": "phải là số nguyên",
    "int_parsing": "phải là số nguyên",
    "tuple_type": "phải là danh sách trong ngoặc vuông",
    "too_long": "có quá nhiều giá trị, chỉ nhận {max_length}",
    "float_type": "phải là số",
    "float_parsing": "phải là số",
    "date_type": "phải là ngày, như 2027-02-05",
    "date_from_datetime_parsing": "phải là ngày, như 2027-02-05",
    "value_error": "{error}",
}


def problem_lines(error: ValidationError) -> Iterator[str]:
    """Yields each problem as "path: problem", such as "areas[0].name: còn thiếu" (missing)."""
    for problem in error.errors():
        path = ""
        for part in problem["loc"]:
            path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
        text = _MESSAGES.get(problem["type"], problem["msg"])
        yield f"{path}: {text.format_map(problem.get('ctx', {}))}"
