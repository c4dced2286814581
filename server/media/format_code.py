"""Parses the number formats of spreadsheets ("#,##0.00;[Red]-0"); called by sheet, number_format and date_format.

ECMA-376, part 1, 18.8.31 defines them: up to four sections for positive numbers, negative numbers, zero and text, or
sections with conditions.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

# Each group's name is the kind of a token. "text" is any other character, which is shown unchanged.
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<pad>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General)|(?P<half>AM/PM|A/P)|(?P<exponent>E[+-])"
    r"|(?P<date>y+|m+|d+|h+|s+|e+)|(?P<era>[bg]+)|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)"
    r"|(?P<slash>/)|(?P<at>@)|(?P<end>;)|(?P<text>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)$")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_COLOUR = re.compile(r"(black|blue|cyan|green|magenta|red|white|yellow|color\s*\d+)$", re.IGNORECASE)
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, ">": operator.gt, "=": operator.eq,
    "<=": operator.le, ">=": operator.ge, "<>": operator.ne,
}  # fmt: skip
LONGEST_CODE = 255


class UnknownFormatError(ValueError):
    """Raised if this program cannot write a value in a format as the spreadsheet program does."""


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a section. ``kind`` says what ``text`` is: "digit", "comma", "date", "percent", "quoted" and so on.

    The kinds are the names of the groups in the regular expression ``_TOKEN``, and "elapsed" for durations ([h]).
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a format. ``condition`` is (operator, number), such as (">=", 100) for "[>=100]", or None."""

    tokens: tuple[Token, ...]
    condition: tuple[str, float] | None = None

    def has(self, *kinds: str) -> bool:
        """Returns True if a token of the section is of one of these kinds."""
        return any(token.kind in kinds for token in self.tokens)

    def accepts(self, value: float) -> bool:
        """Returns True if the section's condition holds for ``value``, or if it has no condition."""
        return self.condition is None or _COMPARE[self.condition[0]](value, self.condition[1])

    def only_negative(self) -> bool:
        """Returns True if the condition selects negative numbers only. Such a section contains its own minus sign."""
        return self.condition is not None and self.condition[0] in ("<", "<=") and self.condition[1] <= 0


@lru_cache(maxsize=512)
def sections(code: str) -> tuple[Section, ...]:
    """Parses a format into its sections, at least one.

    Raises UnknownFormatError for Japanese eras, non-Latin numerals, and codes above LONGEST_CODE characters.
    """
    if len(code) > LONGEST_CODE:
        raise UnknownFormatError(code)
    found: list[Section] = []
    tokens: list[Token] = []
    condition: tuple[str, float] | None = None
    for match in _TOKEN.finditer(code):
        kind, text = match.lastgroup or "text", match[match.lastgroup or 0]
        if kind == "end":
            found.append(Section(tuple(tokens), condition))
            tokens, condition = [], None
        elif kind == "bracket" and (compared := _CONDITION.match(text)):
            condition = (compared[1], float(compared[2]))
        else:
            tokens += _token(kind, text)
    return (*found, Section(tuple(tokens), condition))


def _token(kind: str, text: str) -> tuple[Token, ...]:
    if kind == "era":
        raise UnknownFormatError(text)
    if kind == "bracket":
        return _bracket(text)
    if kind in ("quoted", "escaped"):
        return (Token("text", text),)
    if kind == "pad":  # "_x" is a space as wide as the letter x, to align columns
        return (Token("text", " "),)
    return () if kind == "fill" else (Token(kind, text),)


def _bracket(text: str) -> tuple[Token, ...]:
    """Returns the tokens for the content of a bracket: currency sign and language ("$₫-42A"), or duration ("h").

    For a colour ("Red") there are none. Raises UnknownFormatError for any other content.
    """
    if text.startswith("$"):
        return (Token("text", text[1:].partition("-")[0]),)
    if _ELAPSED.fullmatch(text):
        return (Token("elapsed", text.lower()),)
    if _COLOUR.match(text):
        return ()
    raise UnknownFormatError(text)
