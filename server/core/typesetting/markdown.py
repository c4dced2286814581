"""The Markdown subset that operators may write: headings, lists, bold; called by slides and the desk.

Links, pictures and HTML stay plain text. Each line is a paragraph, which people who do not know Markdown expect.
Single stars and underscores (emphasis) stay as they were typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

BlockKind = Literal["paragraph", "heading", "item"]
BULLET = "•"
_READER = MarkdownIt("zero").enable(["heading", "list", "emphasis", "escape", "newline"])


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text of one weight, regular or bold."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading or list item; ``mark`` is an item's "•" or "3.", ``depth`` its list level (0: none)."""

    kind: BlockKind
    runs: tuple[Run, ...]
    mark: str = ""
    depth: int = 0

    @property
    def text(self) -> str:
        """The block's mark, if any, and its text without Markdown."""
        return " ".join(filter(None, (self.mark, "".join(run.text for run in self.runs))))


@lru_cache(1024)
def blocks(text: str) -> tuple[Block, ...]:
    """Parses ``text`` in the Markdown subset; returns its blocks in order, without empty ones."""
    return tuple(block for block in _walk(_READER.parse(text)) if block.text)


def paragraphs(text: str) -> tuple[Block, ...]:
    """Splits a plain text into blocks: each line that is not empty becomes a paragraph."""
    return tuple(Block("paragraph", (Run(line.strip()),)) for line in text.split("\n") if line.strip())


def plain(text: str) -> str:
    """The plain text, one line per block, list items with their marks; for measuring, search and LED modules."""
    return "\n".join(block.text for block in blocks(text))


def _walk(tokens: Sequence[Token]) -> Iterator[Block]:
    kind: BlockKind = "paragraph"
    depth, mark = 0, ""
    for token in tokens:
        if token.type.endswith("list_open"):
            depth += 1
        elif token.type.endswith("list_close"):
            depth -= 1
        elif token.type == "list_item_open":
            mark = f"{token.info}{token.markup}" if token.info else BULLET
        elif token.type == "heading_open":
            kind = "heading"
        elif token.type == "inline":
            for line in _lines(token.children or ()):
                yield Block("item" if mark else kind, line, mark, depth)
                mark = ""
            kind = "paragraph"


def _lines(tokens: Sequence[Token]) -> Iterator[tuple[Run, ...]]:
    line: list[Run] = []
    bold = 0
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            yield tuple(line)
            line = []
        elif token.type == "strong_open":
            bold += 1
        elif token.type == "strong_close":
            bold -= 1
        elif token.type in ("em_open", "em_close"):
            line.append(Run(token.markup, bold > 0))
        elif token.content:
            line.append(Run(token.content, bold > 0))
    yield tuple(line)
