"""Gives the pages of a text back the weights and lists of its Markdown; called by announcement.

Pages are cut from the plain text (core/markdown.py, ``plain``); the letters of both follow each other alike, so a
page's letters are walked along the blocks' letters, whatever blanks were changed between.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from server.core.typesetting import markdown


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, heading or item on a page; ``begins`` is False where it goes on from the page before."""

    kind: markdown.BlockKind
    runs: tuple[markdown.Run, ...]
    begins: bool = True


@dataclass(frozen=True, slots=True)
class _Letter:
    letter: str
    bold: bool
    block: int


def lines(text: str, pages: Sequence[str]) -> tuple[tuple[Line, ...], ...]:
    """The lines of each page, with their weights."""
    blocks = markdown.blocks(text)
    stream = _letters(blocks)
    seen: set[int] = set()
    made = []
    for page in pages:
        found = []
        for line in page.split("\n"):
            letters = list(_along(line, stream))
            block = next((one.block for one in letters if one.block >= 0), -1)
            kind = blocks[block].kind if block >= 0 else "paragraph"
            found.append(Line(kind, _runs(letters), begins=block not in seen))
            seen.add(block)
        made.append(tuple(found))
    return tuple(made)


def is_loose(text: str) -> bool:
    """Whether some of it is bold, a heading or an item, and so wider than its letters."""
    return any(block.kind != "paragraph" or any(run.bold for run in block.runs) for block in markdown.blocks(text))


def _letters(blocks: Sequence[markdown.Block]) -> Iterator[_Letter]:
    for number, block in enumerate(blocks):
        for run in (markdown.Run(block.mark), *block.runs):
            for letter in unicodedata.normalize("NFC", run.text):
                if not letter.isspace():
                    yield _Letter(letter, run.bold or block.kind == "heading", number)


def _along(line: str, stream: Iterator[_Letter]) -> Iterator[_Letter]:
    for letter in line:
        found = None if letter.isspace() else next(stream, None)
        yield _Letter(letter, found is not None and found.bold, found.block if found else -1)


def _runs(letters: Sequence[_Letter]) -> tuple[markdown.Run, ...]:
    """Neighbours of one weight; a blank is bold between bold letters."""
    weights = [
        all(near.bold for near in letters[max(0, at - 1) : at + 2 : 2]) if one.letter.isspace() else one.bold
        for at, one in enumerate(letters)
    ]
    pairs = groupby(zip(letters, weights, strict=True), lambda pair: pair[1])
    return tuple(markdown.Run("".join(one.letter for one, _ in group), bold) for bold, group in pairs)
