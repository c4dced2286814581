"""Parses bytes as XML in any encoding, without document type and entities; called by modules of feeds.formats.cap.

    bytes -> text -> without document type -> strict parsing, else one repair and strict parsing again

A document that is cut off or otherwise ambiguous is refused: nothing is guessed in a warning.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from feeds.errors import ParseError
from feeds.formats.cap.document import DAMAGED
from feeds.formats.decode import FORBIDDEN, MARKS, declared_codec, decode
from feeds.formats.prolog import DECLARATION, doctype_in, is_allowed
from feeds.formats.rss import refuse_wall
from feeds.limits import MAX_BYTES

# "<?" or "<" and a letter without a byte order mark.
_WIDE = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?\]\]>|&(?:(?P<name>[A-Za-z_][\w.-]{0,40});|#(?P<number>\d{1,8}|[xX][0-9a-fA-F]{1,8});)?", re.S
)
_OF_XML = {"amp", "lt", "gt", "quot", "apos"}
_PREFIXES = re.compile(r"</?([A-Za-z_][\w.-]*):")
_DECLARED = re.compile(r"xmlns:([A-Za-z_][\w.-]*)\s*=")
_ROOT = re.compile(r"<[A-Za-z_][\w.:-]*")
_END_OF_ALERT = re.compile(r"</(?:[\w.-]+:)?alert\s*>")
_HTML = re.compile(r"<!doctype html|<html[\s>]|<body[\s>]|<head[\s>]", re.I)
_HEAD = 5_000
_MOST_REFERENCES = 200_000
"""More ampersands than that are not repaired."""

UNDECLARED = "urn:undeclared:"
"""Begins the name of a namespace whose prefix the document never declares."""

_DOCTYPE_NOTE = "Tài liệu có khai báo kiểu (DTD); phần khai báo đã bị bỏ qua."
_ENTITY_NOTE = "Có ký hiệu thay thế không rõ nghĩa đã bị bỏ khỏi văn bản."


@dataclass(frozen=True, slots=True)
class Markup:
    """A parsed document: its ``root``, and ``lossy``, which is True if parts of a text had to be left out.

    ``notes`` are Vietnamese sentences about what was repaired.
    """

    root: etree._Element
    notes: tuple[str, ...] = ()
    lossy: bool = False


def parse(body: bytes, content_type: str = "", *, faithful: bool = False) -> Markup:
    """Parses ``body``.

    With ``faithful`` comments and processing instructions are kept, because signatures cover them. Raises ParseError:
    "too-large", "empty", "html-page", "bot-wall", "not-cap" (no XML), "broken".
    """
    refuse_large(body)
    text, notes = _decoded(body, content_type)
    return parse_text(text, notes, faithful=faithful)


def refuse_large(body: bytes) -> None:
    """Raises ParseError ("too-large") if ``body`` has more than MAX_BYTES."""
    if len(body) > MAX_BYTES:
        raise ParseError("Nội dung cảnh báo lớn quá mức cho phép.", "too-large")


def parse_text(text: str, before: Sequence[str] = (), *, faithful: bool = False) -> Markup:
    """Like ``parse``, for a document that is already text; ``before`` are the notes about its decoding."""
    notes = list(before)
    text = (FORBIDDEN.sub("", text) if FORBIDDEN.search(text) else text).strip("\ufeff \t\r\n")
    if not text:
        raise ParseError("Nguồn cảnh báo trả về nội dung rỗng.", "empty")
    start = text.find("<")
    if start < 0:
        raise ParseError("Nội dung nhận được không phải là cảnh báo CAP.", "not-cap")
    if start > 0:
        notes.append("Trước tài liệu có chữ thừa, đã bỏ qua.")
    text = _without_doctype(DECLARATION.sub("", text[start:], count=1).lstrip(), notes)
    try:
        return Markup(_strict(text, faithful), tuple(notes))
    except (etree.XMLSyntaxError, ValueError):
        pass
    if text.count("&") > _MOST_REFERENCES:
        raise _refusal(text)
    repaired, lossy = _repaired(text, notes)
    try:
        return Markup(_strict(repaired, faithful), tuple(notes), lossy)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refusal(text) from error


def _strict(text: str, faithful: bool) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=not faithful,
        remove_pis=not faithful,
    )
    return etree.fromstring(text.encode("utf-8"), parser)


def refuse_html(root: etree._Element) -> None:
    """Raises ParseError ("html-page", "bot-wall") if the document is a web page that is also well-formed XML."""
    if etree.QName(root).localname.lower() == "html":
        raise _refusal(etree.tostring(root, encoding="unicode"))


def _refusal(text: str) -> ParseError:
    if not _HTML.search(text[:_HEAD]):
        return ParseError(DAMAGED, "broken")
    try:
        refuse_wall(text)
    except ParseError as error:
        return error
    return ParseError("Địa chỉ này là một trang web, không phải cảnh báo CAP.", "html-page")


def _decoded(body: bytes, content_type: str) -> tuple[str, list[str]]:
    for mark, encoding in (*MARKS, *_WIDE):
        if body.startswith(mark):
            return body.decode(encoding, "replace"), []
    declared = declared_codec(body, content_type)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        wrong = declared not in ("", "utf-8") and not text.isascii()
        return text, ["Bảng mã khai báo không đúng; đã đọc theo UTF-8."] if wrong else []
    if declared and not declared.startswith(("utf", "iso2022")) and body[:2] != b"\x1f\x8b":
        return body.decode(declared, "replace"), []
    guessed = decode(body, content_type)
    if body[:2] == b"\x1f\x8b":
        return guessed.text, ["Nội dung được nén mà không khai báo."]
    return guessed.text, [f"Không rõ bảng mã; đã đọc theo {guessed.encoding}."]


def _without_doctype(text: str, notes: list[str]) -> str:
    """Returns ``text`` without its document type, so that the parser knows no entity declared in it."""
    if "<!DOCTYPE" not in text[:_HEAD].upper():
        return text
    doctype = doctype_in(text)
    if doctype is None or _HTML.match(doctype[0]):
        return text
    notes.append(_DOCTYPE_NOTE)
    return text[: doctype.start()] + text[doctype.end() :]


def _repaired(text: str, notes: list[str]) -> tuple[str, bool]:
    """Repairs faults that can be understood in only one way; returns (the text, whether words were lost).

    The faults are ampersands that begin no reference, entities of HTML, references to characters that XML forbids,
    prefixes that are not declared, and several documents in one file. Unknown entities are removed, so words are
    lost.
    """
    lost = False

    def replaced(match: re.Match[str]) -> str:
        nonlocal lost
        name, number = match["name"], match["number"]
        if match[0] == "&":
            return "&amp;"
        if number:
            return match[0] if _allowed(number) else ""
        if name is None or name in _OF_XML:
            return match[0]
        character = html.unescape(match[0])
        if character == match[0]:
            lost = True
            return ""
        return html.escape(character)

    text = _REFERENCE.sub(replaced, text) if "&" in text else text
    if lost:
        notes.append(_ENTITY_NOTE)
    missing = sorted(set(_PREFIXES.findall(text)) - set(_DECLARED.findall(text)))
    if len(_END_OF_ALERT.findall(text)) > 1 and not missing:
        # Only where the first document ends before the second begins: otherwise the parser refuses it again.
        text = f"<alerts>{DECLARATION.sub('', text)}</alerts>"
    declarations = "".join(f' xmlns:{prefix}="{UNDECLARED}{prefix}"' for prefix in missing[:20])
    if declarations:
        text = _ROOT.sub(lambda match: match[0] + declarations, text, count=1)
    return text, lost


def _allowed(number: str) -> bool:
    """Returns whether XML allows the character ``number``, which is decimal, or "x" and hexadecimal digits."""
    return is_allowed(int(number[1:], 16) if number[0] in "xX" else int(number))
