"""Makes well-formed XML of an edXML document, which often is not; called by reader.

Real documents use namespace prefixes that they do not declare, and put attachments after the root element. So
prefixes and declarations are removed, and everything is put into one new root. Long runs of base64 are taken out
first: a file of 40 MB then never goes through the XML parser, whose text stays small.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from feeds.errors import ParseError
from feeds.formats.decode import decode
from feeds.formats.prolog import DECLARATION, doctype_in, is_allowed

MOST_BYTES = 50 * 2**20
MOST_MARKUP = 2 * 2**20
"""Bytes of a document without its base64."""
TOO_LARGE = f"Văn bản điện tử lớn quá {MOST_BYTES // 2**20} MB."
# Hostile documents must not cost more than a pass: no expression below searches the same text from many places. A run
# begins only where none goes on, an open comment or CDATA section ends at the end of the text, and names of tags are
# taken without trying shorter ones.
_LONG = re.compile(rb"(?<![A-Za-z0-9+/=\s])[A-Za-z0-9+/=\s]{2047,}")
# Stands for a long run in the markup. Characters of the private use area, which no document needs.
_OPEN, _CLOSE = "\ue0f0", "\ue0f1"
_MARK = re.compile(f"{_OPEN}([0-9]{{1,9}}){_CLOSE}")
_CARRIAGE = re.compile(rb"&#(?:13|x0?[dD]);")
_CDATA = r"<!\[CDATA\[.*?(?:\]\]>|\Z)"
_TAG = re.compile(rf"{_CDATA}|<!--.*?(?:-->|\Z)|<(/?)((?:[A-Za-z_][\w.-]*+:)?+)([A-Za-z_][\w.-]*+)([^<>]*+)>", re.S)
_ATTRIBUTE = re.compile(r"""\s([\w.-]+:)?([\w.-]+)\s*=\s*("[^"<]*"|'[^'<]*')""")
_BARE = re.compile(rf"{_CDATA}|&(?!(?:#\d{{1,8}}|#[xX][0-9a-fA-F]{{1,8}}|amp|lt|gt|quot|apos);)", re.S)
_CHARACTER = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}));")


@dataclass(frozen=True, slots=True)
class Markup:
    """The parsed document: ``root`` holds its top-level elements, ``runs`` the long base64 taken out of it."""

    root: etree._Element
    runs: tuple[bytes, ...]

    def content(self, node: etree._Element) -> bytes:
        """The text directly in an element, with all that was taken out of it, as bytes; the rest as UTF-8.

        Raises ParseError if that is more than a document can have: it may hold the characters of marks itself.
        """
        text = (node.text or "") + "".join(child.tail or "" for child in node)
        parts: list[bytes] = []
        at = size = 0
        for found in _MARK.finditer(text):
            number = int(found[1])
            run = self.runs[number] if number < len(self.runs) else b""
            size += len(run)
            if size > MOST_BYTES:
                raise ParseError(TOO_LARGE, "too-large")
            parts += (text[at : found.start()].encode(), run)
            at = found.end()
        return b"".join((*parts, text[at:].encode()))


def parse(body: bytes) -> Markup:
    """Parses a document. Raises ParseError if it is too large, damaged, or has a document type (entities)."""
    if len(body) > MOST_BYTES:
        raise ParseError(TOO_LARGE, "too-large")
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        body = body.decode("utf-16", "replace").encode()
    runs: list[bytes] = []

    def taken_out(found: re.Match[bytes]) -> bytes:
        if found[0].isspace():
            return found[0]
        runs.append(found[0])
        return f"{_OPEN}{len(runs) - 1}{_CLOSE}".encode()

    rest = _LONG.sub(taken_out, _CARRIAGE.sub(b"", body))
    if len(rest) > MOST_MARKUP:
        raise ParseError("Văn bản điện tử có phần đầu lớn quá mức cho phép.", "too-large")
    return Markup(_tree(decode(rest, "").text), tuple(runs))


def _tree(text: str) -> etree._Element:
    text = text[max(text.find("<"), 0) :]
    if doctype_in(text) is not None or "<!ENTITY" in text.upper():
        raise ParseError("Văn bản điện tử có phần khai báo DOCTYPE hay thực thể nên bị từ chối.", "entity-bomb")
    text = DECLARATION.sub("", text)
    text = _BARE.sub(lambda found: "&amp;" if found[0] == "&" else found[0], text)
    text = _TAG.sub(_without_prefix, _CHARACTER.sub(_allowed, text))
    text = "".join(character for character in text if is_allowed(ord(character)))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(f"<root>{text}</root>".encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError("Văn bản điện tử bị hỏng hoặc thiếu phần cuối, không đọc được.", "broken") from error


def _without_prefix(found: re.Match[str]) -> str:
    if found[3] is None:  # a CDATA section or a comment
        return "" if found[0].startswith("<!--") else found[0]
    seen: dict[str, str] = {}
    for prefix, name, value in _ATTRIBUTE.findall(found[4]):
        if name != "xmlns" and prefix != "xmlns:":
            seen.setdefault(name, value)
    attributes = "".join(f" {name}={value}" for name, value in seen.items())
    return f"<{found[1]}{found[3]}{attributes}{'/' if found[4].rstrip().endswith('/') else ''}>"


def _allowed(found: re.Match[str]) -> str:
    return found[0] if is_allowed(int(found[1], 16) if found[1] else int(found[2])) else ""
