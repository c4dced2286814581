"""Reads and checks the head of a request strictly (RFC 9112); called by request_handler for every request.

A head that two programs could interpret differently is refused, because it could smuggle a request past a proxy.
gevent's own parser is not strict enough: it accepts two Content-Length headers, folded lines and raw bytes.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import BinaryIO

LONGEST_LINE = 8_192
LONGEST_HEAD = 32 * 1024
MOST_HEADERS = 100
_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_REQUEST_LINE = re.compile(rb"[A-Z]{1,20} (/[!-~]*|\*) HTTP/1\.[01]\r\n")
# One character class matches both the blanks and the value. With two that both match blanks, the regular expression
# would backtrack over every way to divide them.
_HEADER = re.compile(rb"(" + _TOKEN + rb"):([^\0-\x08\n-\x1f\x7f]*)\r\n")
_LENGTH = re.compile(rb"[0-9]{1,15}\Z")
_WRONG_IN_PATH = re.compile(rb"%(?:[01][0-9a-fA-F]|7[fF]|(?![0-9a-fA-F]{2}))")
_WRONG_IN_QUERY = re.compile(rb"%(?:0[0-8bBcCeEfF]|1[0-9a-fA-F]|7[fF])")  # tabs and line ends are allowed in a query
# Numbers of 19 digits or more are refused: ids in the store are 64-bit integers, and larger ones would raise an
# error.
_LONG_NUMBER = re.compile(rb"(?:[/=&?]|%2[fF])[-+]?[0-9]{19,}(?=[/&?#]|\Z)")
_ONCE = frozenset((
    b"authorization", b"content-length", b"content-type", b"expect", b"host", b"origin", b"transfer-encoding",
    b"upgrade", b"x-forwarded-host", b"x-forwarded-proto",
))  # fmt: skip


class BadRequestError(ValueError):
    """The request must be refused with ``status``, and the connection closed."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def read_head(request_line: bytes, source: BinaryIO) -> bytes:
    """Reads the header lines that follow ``request_line``, up to the empty line, and checks them all.

    Returns their bytes, with the empty line. Raises BadRequestError.
    """
    if not _REQUEST_LINE.match(request_line):
        raise _bad("not a request line of HTTP/1.1")
    _check_target(request_line.split(b" ")[1])
    lines = list(_lines(source))
    headers: list[tuple[bytes, bytes]] = []
    for line in lines[:-1]:
        found = _HEADER.fullmatch(line)
        if found is None:
            raise _bad("not a header line")
        headers.append((found[1].lower(), found[2].strip()))
    _check_headers(headers, http_1_1=request_line.endswith(b"HTTP/1.1\r\n"))
    return b"".join(lines)


def _lines(source: BinaryIO) -> list[bytes]:
    lines: list[bytes] = []
    size = 0
    while not lines or lines[-1] != b"\r\n":
        line = source.readline(LONGEST_LINE)
        size += len(line)
        if not line.endswith(b"\n") and len(line) < LONGEST_LINE:
            raise _bad("the connection ended within the head")
        if not line.endswith(b"\r\n") or size > LONGEST_HEAD or len(lines) > MOST_HEADERS:
            status = "400 Bad Request" if line.endswith(b"\n") else "431 Request Header Fields Too Large"
            raise BadRequestError(status, "a line without CR LF, or too long a head")
        lines.append(line)
    return lines


def _check_target(target: bytes) -> None:
    path, _, query = target.partition(b"?")
    if _WRONG_IN_PATH.search(path) or _WRONG_IN_QUERY.search(query):
        raise _bad("a control character, or a broken escape")
    if _LONG_NUMBER.search(target):
        raise BadRequestError("404 Not Found", "a number that is too long")


def _check_headers(headers: list[tuple[bytes, bytes]], *, http_1_1: bool) -> None:
    counts = Counter(name for name, _ in headers)
    repeated = [name for name in _ONCE if counts[name] > 1]
    if repeated:
        raise _bad(f"repeated: {repeated[0].decode()}")
    if http_1_1 and not counts[b"host"]:
        raise _bad("no Host")
    values = dict(headers)
    length = values.get(b"content-length")
    if length is not None and not _LENGTH.match(length):
        raise _bad("not a length")
    if b"transfer-encoding" in values:
        if length is not None or not http_1_1:
            raise _bad("two ways to tell the length of the body")
        raise BadRequestError("411 Length Required", "a body of unknown length")


def _bad(reason: str) -> BadRequestError:
    return BadRequestError("400 Bad Request", reason)
