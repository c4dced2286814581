"""Splits the header Authentication-Results (RFC 8601) into tokens; called by authentication.

Comments are dropped, because a "pass" in a comment proves nothing. Whatever does not fit the grammar is an error, so
that text which a sender has put into his mail can never be read as a result of the receiving server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 20_000
"""The most characters of a header; longer ones are refused."""
DEEPEST = 20
"""How deep comments may be nested."""

_SPACE = re.compile(r"[ \t\r\n]+")
# RFC 5322 has fewer characters in an atom. "@", ".", "/", ":" and "," occur unquoted in values.
_WORD = re.compile(r'[^\x00-\x20\x7f;="()\\<>]+')
_QUOTED = re.compile(r'"((?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[^\x00-\x08\x0a-\x1f\x7f])*)"')
_PLAIN_COMMENT = re.compile(r"[^()\\\x00]+")


class Malformed(ValueError):  # noqa: N818 - "except Malformed" reads well
    """The header does not follow the grammar of RFC 8601."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the header: a "word", a "quoted" string (without quotes and backslashes), or a sign, ";" or "=".

    ``spaced`` is True if white space or a comment stands before it.
    """

    kind: str
    text: str
    spaced: bool = False


def tokens(header: str) -> Iterator[Token]:
    """Yields the tokens of a header's value. Raises Malformed where it does not fit, after the tokens before that."""
    if len(header) > LONGEST:
        raise Malformed("too long")
    at, spaced = 0, False
    while at < len(header):
        sign = header[at]
        if space := _SPACE.match(header, at):
            at, spaced = space.end(), True
        elif sign == "(":
            at, spaced = _after_comment(header, at), True
        else:
            token, at = _token(header, at, spaced)
            spaced = False
            yield token


def _token(header: str, at: int, spaced: bool) -> tuple[Token, int]:
    """The token at ``at``, and the place after it. Raises Malformed."""
    if header[at] in ";=":
        return Token(header[at], header[at], spaced), at + 1
    if quoted := _QUOTED.match(header, at):
        return Token("quoted", re.sub(r"\\(.)", r"\1", quoted[1]), spaced), quoted.end()
    if word := _WORD.match(header, at):
        return Token("word", word[0], spaced), word.end()
    raise Malformed(f"unexpected {header[at]!r}")


def _after_comment(header: str, at: int) -> int:
    """The place after the comment that begins at ``at``; comments may be nested. Raises Malformed."""
    depth = 0
    while at < len(header):
        sign = header[at]
        if sign == "\\":
            at += 2
            continue
        if sign in "()":
            depth += 1 if sign == "(" else -1
            at += 1
            if depth == 0:
                return at
            if depth > DEEPEST:
                raise Malformed("comments nested too deeply")
            continue
        plain = _PLAIN_COMMENT.match(header, at)
        if plain is None:
            raise Malformed("a control character in a comment")
        at = plain.end()
    raise Malformed("a comment without an end")
