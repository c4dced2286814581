"""Reads who wrote a mail from its header From, without being deceived by display names; called by judgement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.errors import HeaderParseError
from email.header import decode_header, make_header

_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])"
)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.S)
_NAMED = re.compile(r"[^\s<>,;:\"'()\[\]@]+@[^\s<>,;:\"'()\[\]@]+\.[^\s<>,;:\"'()\[\]@]+")
LONGEST = 2000
LONGEST_ADDRESS = 254


class Unclear(ValueError):  # noqa: N818 - "except Unclear" reads well
    """The header From does not name exactly one address, or tries to look like another one."""


def sender(headers: Sequence[str]) -> str:
    """The address of the one sender, in lower case, ASCII. ``headers`` are all values of From. Raises Unclear.

    A display name that contains another address is refused: whoever reads it would take it for the sender.
    """
    if len(headers) != 1 or len(headers[0]) > LONGEST:
        raise Unclear("not exactly one From")
    text = re.sub(r"[\r\n\t]+", " ", headers[0]).strip()
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
        raise Unclear("a control character")
    bare = _QUOTED.sub("", text)
    if any(sign in bare for sign in ',;:()\\"'):
        raise Unclear("several addresses, a group or a comment")
    name, address = _parts(bare, text)
    if not is_address(address):
        raise Unclear("no plain address")
    shown = f"{name} {_decoded(name)}".lower()
    if any(one.strip(".") != address for one in _NAMED.findall(shown)):
        raise Unclear("another address in the name")
    return address


def is_address(text: str) -> bool:
    """True if ``text`` is an address in lower case: ASCII, without quotes, with a domain of two or more labels."""
    return len(text) <= LONGEST_ADDRESS and "=?" not in text and _ADDRESS.fullmatch(text) is not None


def is_domain(text: str) -> bool:
    """True if ``text`` is "@" and a domain in lower case."""
    return text.startswith("@") and is_address(f"a{text}")


def _parts(bare: str, text: str) -> tuple[str, str]:
    """The display name, and the address in lower case. ``bare`` is ``text`` without quoted strings."""
    if "<" not in bare and ">" not in bare:
        return "", text.lower()
    if (bare.count("<"), bare.count(">")) != (1, 1) or not bare.rstrip().endswith(">"):
        raise Unclear("brackets")
    name, _, address = text.rpartition("<")
    return name.strip(), address.rstrip().removesuffix(">").strip().lower()


def _decoded(name: str) -> str:
    """``name`` with its encoded words (RFC 2047) decoded. Raises Unclear if that fails."""
    try:
        return str(make_header(decode_header(name)))
    except (HeaderParseError, LookupError, ValueError) as error:
        raise Unclear("an encoded name") from error
