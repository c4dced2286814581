"""Every Vietnamese sentence with which core, media or the store refuse something has an English translation."""

from __future__ import annotations

import ast
import builtins
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.desk.translations.refusals import ENGLISH
from server.desk.web.refusals import in_english, said

SERVER = Path(__file__).parents[3] / "server"
VIETNAMESE = re.compile(r"[À-ỹ]")
# Classes that are not errors, but take the sentences that errors are made of.
_CARRIERS = {"BadRow", "Problem", "_Requirement"}


def sentences() -> Iterator[tuple[str, str]]:
    """Yields each Vietnamese sentence that an error in core, media or store contains, and the name of its file.

    "{}" stands for the values in a sentence.
    """
    for room in ("core", "media", "store"):
        for path in sorted((SERVER / room).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            module = importlib.import_module(".".join(path.relative_to(SERVER.parent).with_suffix("").parts))
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and (_words_itself(node) or _refuses(module, node)):
                    yield from (
                        (text, path.name) for one in node.args if (text := _text(one)) and VIETNAMESE.search(text)
                    )


def _words_itself(call: ast.Call) -> bool:
    """Whether the call is ``super().__init__(…)``, as in an error class that makes its own sentence."""
    made = call.func
    return (
        isinstance(made, ast.Attribute)
        and made.attr == "__init__"
        and isinstance(made.value, ast.Call)
        and isinstance(made.value.func, ast.Name)
        and made.value.func.id == "super"
    )


def _refuses(module: object, call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Name):
        return False
    name = call.func.id
    found = getattr(module, name, getattr(builtins, name, None))
    return name in _CARRIERS or (isinstance(found, type) and issubclass(found, Exception))


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(one.value if isinstance(one, ast.Constant) else "{}" for one in node.values)  # type: ignore[misc]
    return ""


def test_every_refusal_has_its_english() -> None:
    found = list(sentences())
    assert len(found) > 80
    assert {(text, file) for text, file in found if text not in ENGLISH} == set()


@pytest.mark.parametrize(
    ("vietnamese", "english"),
    [
        ("Không có màn hình số 7", "There is no screen number 7"),
        ("Thông báo đang chờ duyệt, không còn làm được việc này.",
         "The announcement is waiting for approval; this cannot be done any more."),
        ("Ô B2, C3 và 4 ô khác bị gạch bỏ, nên không đưa vào bảng.",
         "Struck out, so left out of the table: B2, C3 and 4 more cells."),
        ("Không đưa vào bảng 1 cột ẩn và 2 dòng ẩn của bảng tính. Chỉ lấy trang tính «A»; không lấy «B».",
         "Left out of the table: hidden columns: 1, hidden rows: 2. Only the sheet “A” was taken, not «B»."),
        ("Chưa có tiêu đề. Chưa chọn thời gian chiếu.", "There is no title yet. No time on the air has been chosen."),
        ("Bảng tin không thuộc Xã Minh Tân hay cấp dưới: hoi-truong",
         "These boards are not of Xã Minh Tân or an area below: hoi-truong"),
    ],
)  # fmt: skip
def test_a_refusal_is_said_with_its_values(vietnamese: str, english: str) -> None:
    assert said(vietnamese, "en") == english
    assert said(vietnamese, "vi") == vietnamese


def test_english_needs_as_many_values_as_vietnamese() -> None:
    assert [one for one, english in ENGLISH.items() if one.count("{}") != english.count("{}")] == []
    assert in_english("Câu lạ") is None
