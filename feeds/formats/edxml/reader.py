"""Reads an electronic official document (edXML): bytes in, a frozen `EdxmlDocument` out.

The names of elements stand in mapping, which is unverified. Nothing is fetched, and no entity is expanded.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from lxml import etree

from feeds.errors import ParseError
from feeds.formats.edxml import mapping
from feeds.formats.edxml.document import EdxmlDocument, EdxmlReference
from feeds.formats.edxml.files import files_in
from feeds.formats.edxml.mapping import EdxmlKind
from feeds.formats.edxml.nodes import all_named, children, first_text, name_of, text_of, texts_anywhere
from feeds.formats.edxml.prepass import parse

MOST_FIELD = 2_000
_SPACES = re.compile(r"\s+")


def is_edxml(body: bytes) -> bool:
    """True if a file seems to be an edXML document, by its first 4096 bytes."""
    head = body[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode()
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"edxml" in head.lower()


def read_edxml(body: bytes) -> EdxmlDocument:
    """Reads a document of at most 50 MB. Raises ParseError, with a Vietnamese sentence, if it cannot be read."""
    markup = parse(body)
    headers = all_named(markup.root, mapping.HEADER)
    if not headers:
        raise ParseError("Tệp này không phải văn bản điện tử edXML: không có phần MessageHeader.", "not-edxml")
    header = headers[0]
    outer = _parent(markup.root, header)
    fields = {name: _clean(first_text(header, paths)) for name, paths in mapping.FIELDS.items()}
    notes = [f"Gói có {len(headers)} văn bản; chỉ nhận văn bản đầu tiên."] if len(headers) > 1 else []
    day = _day(fields["date"])
    if fields["date"] and day is None:
        notes.append(f"Không hiểu ngày ban hành «{fields['date'][:40]}».")
    return EdxmlDocument(
        kind=_kind(outer), id=fields["id"], code=_code(fields["number"], fields["symbol"]), date=day,
        place=fields["place"], issuer=fields["issuer"], issuer_code=fields["issuer_code"], type=fields["type"],
        subject=fields["subject"], summary=fields["summary"], signer=fields["signer"], position=fields["position"],
        authority=fields["authority"], reason=_clean(next(iter(texts_anywhere(outer, mapping.REASON_PATHS)), "")),
        references=_references(outer, header), marks=_marks(outer),
        signed=any(len(node) or text_of(node) for node in all_named(markup.root, mapping.SIGNATURE)),
        files=files_in(markup), notes=tuple(notes),
    )  # fmt: skip


def _parent(root: etree._Element, header: etree._Element) -> etree._Element:
    """The element around the header, which also has what is beside it (kind of exchange, trace)."""
    around = header.getparent()
    return header if around is None or around is root else around


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", _SPACES.sub(" ", text)).strip()[:MOST_FIELD]


def _code(number: str, symbol: str) -> str:
    """Number and symbol as documents write them, such as "12/QĐ-UBND"; the symbol may repeat the number."""
    if not number or symbol.startswith(f"{number}/"):
        return symbol
    return f"{number}/{symbol}" if symbol else number


def _day(text: str) -> date | None:
    first = text.split("T")[0].split(" ")[0]
    for form in mapping.DATE_FORMATS:
        try:
            found = datetime.strptime(first, form).date()  # noqa: DTZ007 - a day of the calendar has no zone
        except ValueError:
            continue
        return found if 1945 <= found.year <= 2100 else None
    return None


def _kind(outer: etree._Element) -> EdxmlKind:
    found = texts_anywhere(outer, mapping.KIND_PATHS)
    if not found:
        return "new"
    kind = mapping.KIND_CODES.get(_clean(found[0]).casefold())
    if kind is None:
        raise ParseError(f"Không hiểu loại nghiệp vụ «{found[0][:40]}» của văn bản điện tử.", "kind")
    return kind


def _references(outer: etree._Element, header: etree._Element) -> tuple[EdxmlReference, ...]:
    own = first_text(header, mapping.FIELDS["id"])
    names = {name.lower() for name in mapping.REFERENCES}
    found: dict[EdxmlReference, None] = {}
    for node in outer.iter():
        if name_of(node) in names:
            id = first_text(node, mapping.REFERENCE_ID) or ("" if list(children(node)) else text_of(node))
            number, symbol = first_text(node, mapping.REFERENCE_NUMBER), first_text(node, mapping.REFERENCE_SYMBOL)
            day = _day(first_text(node, mapping.REFERENCE_DATE))
            found.setdefault(EdxmlReference(_clean(id), _clean(_code(number, symbol)), day))
        elif name_of(node) in mapping.EXCHANGES:
            found.setdefault(EdxmlReference(_clean(first_text(node, mapping.FIELDS["id"]))))
    return tuple(one for one in found if (one.id and one.id != own) or (one.code and not one.id))


def _marks(outer: etree._Element) -> tuple[str, ...]:
    """Texts of the header that may be a mark: short ones, and "mật" for an element that gives a degree of secrecy."""
    found: dict[str, None] = {}
    for node in outer.iter():
        name, text = name_of(node), _clean(" ".join((node.text or "").split())) if name_of(node) else ""
        if name in mapping.SECRECY and text.casefold() not in mapping.NOT_SECRET:
            found.setdefault(text if "mật" in text.casefold() or "nội bộ" in text.casefold() else "Mật")
        elif text and name not in mapping.PROSE and len(text) <= 60:
            found.setdefault(text)
    return tuple(found)
