"""Checks the XML signatures of an alert against its source's certificates; called by alert, reader and the CLI.

A signature counts if it is a child of the alert, covers the whole alert (URI="") and verifies with the key of one of
the certificates, which was valid when the alert was sent; keys in the document are never used. An alert may carry
several signatures, as Canada's do. If one counts, only the bytes that it covers are read afterwards. If none does,
the alert is read as it came, as a draft.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from lxml import etree

from feeds.errors import ParseError
from feeds.formats.cap.document import Signature
from feeds.formats.cap.markup import refuse_large

if TYPE_CHECKING:
    from feeds.formats.cap.verifier import Certificate

XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
_SIGNATURE = f"{{{XMLDSIG}}}Signature"
_MOST = 5
"""Signatures of one alert that are tried."""

_BROKEN = "Chữ ký điện tử không hợp lệ theo chứng thư đã khai báo cho nguồn."
_MISSING = "Cảnh báo không có chữ ký điện tử, dù nguồn đã khai báo chứng thư."
_WEAK = "Chữ ký điện tử dùng thuật toán cũ hoặc không được chấp nhận; chỉ nhận SHA-256, SHA-384, SHA-512."
_UNTIMELY = "Chứng thư của nguồn không có hiệu lực vào lúc phát cảnh báo."


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of checking an alert's signatures.

    ``body`` is the document from which the alert is read: if ``signature`` is "valid" or "weak", only the signed
    part, else the whole alert. ``note`` is a Vietnamese sentence for the editor, "" if the signature is valid.
    """

    signature: Signature
    body: bytes
    note: str = ""


def is_signed(alert: etree._Element) -> bool:
    """Returns whether the alert has a signature, no matter by whom."""
    return alert.find(_SIGNATURE) is not None


def certificates_from(pem: str) -> Sequence[Certificate]:
    """Returns the certificates in PEM text.

    Raises ParseError ("certificate") if there is none or it cannot be read.
    """
    # Imported here: the libraries are large, and most sources have no certificate.
    from feeds.formats.cap.verifier import load

    try:
        return load(pem)
    except ValueError as error:
        raise ParseError("Không đọc được chứng thư đã khai báo cho nguồn.", "certificate") from error


def check(
    alert: etree._Element, certificates: Sequence[Certificate], sent_of: Callable[[bytes], datetime | None]
) -> Verdict:
    """Checks the signatures of ``alert``, which was parsed with its comments; one valid signature is enough.

    The first one that fits any of ``certificates`` decides; at most `_MOST` are tried. The certificate must have been
    valid when the alert was sent; ``sent_of`` reads that time from the signed document. Raises ParseError
    ("too-large").
    """
    from feeds.formats.cap.verifier import verified

    unverified = _bytes(alert)
    refuse_large(unverified)  # escaped anew, it may be larger than it came; nothing may be spent on verifying it
    count = len(alert.findall(_SIGNATURE))
    if count == 0:
        return Verdict("missing", unverified, _MISSING)
    around = _instructions_around(alert)
    note = _BROKEN
    for index in range(min(count, _MOST)):
        for document in _documents(alert, index, count):
            for certificate in certificates:
                found = verified(document, certificate, around)
                if found is None:
                    continue
                sent = sent_of(found.body)
                if sent is not None and certificate.begins <= sent <= certificate.ends:
                    return Verdict("weak" if found.weak else "valid", found.body, _WEAK if found.weak else "")
                note = _UNTIMELY
    return Verdict("broken", unverified, note)


def _instructions_around(alert: etree._Element) -> tuple[bytes, bytes]:
    """Returns the processing instructions (before the root, after it) in canonical XML; empty within a feed."""
    if alert.getparent() is not None:
        return b"", b""
    before = [node for node in alert.itersiblings(preceding=True) if isinstance(node, etree._ProcessingInstruction)]
    after = [node for node in alert.itersiblings() if isinstance(node, etree._ProcessingInstruction)]
    return (
        b"".join(_bytes(node) + b"\n" for node in reversed(before)),
        b"".join(b"\n" + _bytes(node) for node in after),
    )


def _documents(alert: etree._Element, index: int, count: int) -> Iterator[bytes]:
    """Yields the documents that may have been signed when signature number ``index`` of ``count`` was made.

    In each of them that signature is the first child. Other signatures may have been added afterwards, and blanks
    between elements too: cap-composer, which many weather services use, indents what it has signed. In a feed an
    alert inherits the namespace prefixes of the feed.
    """
    others: list[set[int]] = [set(), set(range(index + 1, count)), set(range(count)) - {index}]
    without: list[set[int]] = []
    for dropped in others:
        if dropped not in without:
            without.append(dropped)
    nested = alert.getparent() is not None
    for no_blanks in (False, True):
        for dropped in without:
            for own_prefixes in (False, True) if nested else (False,):
                yield _document(alert, index, dropped, no_blanks=no_blanks, own_prefixes=own_prefixes)


def _document(alert: etree._Element, index: int, dropped: set[int], *, no_blanks: bool, own_prefixes: bool) -> bytes:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=no_blanks)
    root = etree.fromstring(_bytes(alert), parser)
    if own_prefixes:
        etree.cleanup_namespaces(root)
    signatures = root.findall(_SIGNATURE)
    for number in dropped:
        _take_out(signatures[number])
    wanted = signatures[index]
    _take_out(wanted)
    # The verifier takes the first signature; verifying removes it, so its place does not matter.
    root.insert(0, wanted)
    return _bytes(root)


def _bytes(node: etree._Element) -> bytes:
    """Returns ``node`` in UTF-8.

    In ASCII, lxml's default, letters in names would become references, which no parser accepts.
    """
    return etree.tostring(node, with_tail=False, encoding="utf-8")


def _take_out(element: etree._Element) -> None:
    """Removes ``element`` from its parent, but not the text after it."""
    parent, previous, tail = element.getparent(), element.getprevious(), element.tail or ""
    if parent is None:
        return
    if previous is not None:
        previous.tail = (previous.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)
