"""Restores bold text, headings and lists on the pages of a Markdown text; called by the announcement kind.

The pages are made from the plain text of the Markdown (``server.core.typesetting.markdown.plain``). Apart from
whitespace, plain text and Markdown blocks have the same sequence of letters, so the letters of the pages are matched
to those of the blocks one by one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from server.core.typesetting import markdown
from server.core.typesetting.paging import JOINER


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, heading or list item on a page; ``begins`` is False if it has begun on the page before."""

    kind: markdown.BlockKind
    runs: tuple[markdown.Run, ...]
    begins: bool = True


@dataclass(frozen=True, slots=True)
class _Letter:
    letter: str
    bold: bool
    block: int


def lines(text: str, pages: Sequence[str]) -> tuple[tuple[Line, ...], ...]:
    """The lines of each of ``pages``, with the styles of the Markdown ``text``."""
    blocks = markdown.blocks(text)
    stream = _letters(blocks)
    seen: set[int] = set()
    of_pages = []
    for page in pages:
        found = []
        for line in page.split("\n"):
            letters = list(_matched(line, stream))
            block = next((one.block for one in letters if one.block >= 0), -1)
            kind = blocks[block].kind if block >= 0 else "paragraph"
            found.append(Line(kind, _runs(letters), begins=block not in seen))
            seen.add(block)
        of_pages.append(tuple(found))
    return tuple(of_pages)


def is_styled(text: str) -> bool:
    """Whether the Markdown ``text`` has bold parts, headings or lists, which are wider than plain text."""
    return any(block.kind != "paragraph" or any(run.bold for run in block.runs) for block in markdown.blocks(text))


def _letters(blocks: Sequence[markdown.Block]) -> Iterator[_Letter]:
    for number, block in enumerate(blocks):
        for run in (markdown.Run(block.mark), *block.runs):
            for letter in unicodedata.normalize("NFC", run.text):
                if not letter.isspace():
                    yield _Letter(letter, run.bold or block.kind == "heading", number)


def _matched(line: str, stream: Iterator[_Letter]) -> Iterator[_Letter]:
    for letter in line:
        found = None if _is_between(letter) else next(stream, None)
        yield _Letter(letter, found is not None and found.bold, found.block if found else -1)


def _is_between(letter: str) -> bool:
    """True for spaces and joiners: pages have them between letters of the Markdown, so they are not matched."""
    return letter.isspace() or letter == JOINER


def _runs(letters: Sequence[_Letter]) -> tuple[markdown.Run, ...]:
    """Joins consecutive letters of the same font weight to runs; a space or joiner between bold letters is bold."""
    weights = [
        all(near.bold for near in letters[max(0, at - 1) : at + 2 : 2]) if _is_between(one.letter) else one.bold
        for at, one in enumerate(letters)
    ]
    pairs = groupby(zip(letters, weights, strict=True), lambda pair: pair[1])
    return tuple(markdown.Run("".join(one.letter for one, _ in group), bold) for bold, group in pairs)
