"""Everything that the worker, the rules and the reading of CAP say about an alert is said in English, too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.core.alerts.standing import REASONS
from server.desk.web.refusals import in_english
from server.worker.harvest import alert_states

ROOT = Path(__file__).parents[3]
# Texts that boards show, in the language of the board (texts.py, moments.py …), and names of codes are not notes.
FILES = (
    *sorted((ROOT / "feeds/formats/cap").glob("*.py")),
    *(ROOT / f"server/worker/harvest/alert_{name}.py" for name in ("states", "conversion", "intake", "pictures")),
    *(
        ROOT / f"server/core/alerts/{name}.py"
        for name in ("places", "chains", "standing", "source_rules", "pictures")
    ),
    *sorted((ROOT / "server/store/alerts").glob("*.py")),
)


def sentences() -> Iterator[str]:
    """The Vietnamese sentences in these files: texts that begin with a capital and end with a full stop."""
    for path in FILES:
        tree = ast.parse(path.read_text("utf-8"))
        inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            text = _text(node) if id(node) not in inner else ""
            if text[:1].isupper() and text.endswith(".") and not text.isascii() and "\n" not in text:
                yield text


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
    return ""


def test_every_note_and_reason_has_its_english() -> None:
    found = set(sentences())
    assert len(found) > 60
    assert {text for text in found if in_english(text) is None} == set()


def test_every_reason_of_a_draft_and_of_an_end_has_its_english() -> None:
    said = [*REASONS.values(), *alert_states.OVER.values()]
    assert [text for text in said if in_english(text) is None] == []


@pytest.mark.parametrize(
    ("vietnamese", "english"),
    [
        ("Không ghi mức độ khẩn.", "Not stated: urgency."),
        ("Một đường bao của khu vực «Hưng Yên» không đọc được.", "An outline of the area “Hưng Yên” cannot be read."),
        (
            "Nguồn trả lời mà không có dữ liệu cảnh báo (HTTP 204).",
            "The source answered without alert data (HTTP 204).",
        ),
    ],
)
def test_values_in_a_note_are_kept(vietnamese: str, english: str) -> None:
    assert in_english(vietnamese) == english
