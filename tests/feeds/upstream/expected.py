"""Reads the expected result of a document of feedparser's suite from the document's first comment; used by suite.py.

The expectation is a Python expression. It is parsed, never executed: only comparisons of a field with a constant are
understood, and only those of fields that an Entry or a Reading has.
"""

from __future__ import annotations

import ast
import codecs
import re
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

FieldName = Literal["title", "link", "published"]

_COMMENT = re.compile(rb"Description:\s*(.*?)\s*Expect:\s*(.*)\s*-->")
_CODEC = re.compile(rb"^SkipUnless:.*lookup\(['\"]([\w.-]+)['\"]\)", re.M)
_HEADER = re.compile(rb"^Header:\s+([^:]+):(.+)$", re.M)
_PATHS: dict[tuple[object, ...], FieldName] = {
    ("title",): "title",
    ("title_detail", "value"): "title",
    ("link",): "link",
    ("links", 0, "href"): "link",
    ("published_parsed",): "published",
    ("updated_parsed",): "published",
    ("created_parsed",): "published",
}
_UNKNOWN = object()


@dataclass(frozen=True, slots=True)
class Expected:
    """One expected value of a document.

    ``what`` is the field of an Entry or a Reading; ``path`` is the same field as feedparser's suite names it.
    ``entry`` is the number of the entry, None for the feed itself.
    """

    what: FieldName
    entry: int | None
    path: tuple[object, ...]
    value: str | datetime


def headers(document: bytes) -> dict[str, str]:
    """The HTTP headers with which the document asks to be served, by lower-case name."""
    return {k.decode().strip().lower(): v.decode().strip() for k, v in _HEADER.findall(document)}


def expectations(document: bytes) -> tuple[Expected, ...]:
    """All expected titles, links and dates of a document.

    Empty if its comment is about other fields, or if this Python lacks a codec without which the suite skips the
    document.
    """
    found = _COMMENT.search(document)
    if found is None or _asks_for_a_missing_codec(document):
        return ()
    try:
        tree = ast.parse(found.group(2).strip().decode("utf-8"), mode="eval")
    except SyntaxError:
        return ()
    return tuple(_wanted(tree.body))


def _asks_for_a_missing_codec(document: bytes) -> bool:
    asked = _CODEC.search(document)
    try:
        return asked is not None and codecs.lookup(asked.group(1).decode()) is None
    except LookupError:
        return True


def _wanted(node: ast.expr) -> Iterator[Expected]:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        for part in node.values:
            yield from _wanted(part)
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
        entry, path = _place(node.left)
        value, what = _constant(node.comparators[0]), _PATHS.get(path)
        if what == "published" and isinstance(value, tuple) and entry is not None and len(value) >= 6:
            yield Expected(what, entry, path, datetime.fromtimestamp(timegm(value), UTC))
        elif what in ("title", "link") and isinstance(value, str):
            yield Expected(what, entry, path, value)


def _place(node: ast.expr) -> tuple[int | None, tuple[object, ...]]:
    """Reads an expression such as ``entries[0].title``; returns (number of the entry or None, path of the field)."""
    steps: list[object] = []
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        steps.insert(0, node.attr if isinstance(node, ast.Attribute) else _constant(node.slice))
        node = node.value
    if not isinstance(node, ast.Name):
        return None, ()
    if node.id == "entries" and steps and isinstance(steps[0], int):
        return steps[0], tuple(steps[1:])
    return None, tuple(steps) if node.id == "feed" else ()


def _constant(node: ast.expr) -> object:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _constant(node.left), _constant(node.right)
        return left + right if isinstance(left, str) and isinstance(right, str) else _UNKNOWN
    try:
        return ast.literal_eval(node)
    except ValueError:
        return _UNKNOWN
