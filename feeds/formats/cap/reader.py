"""Reads CAP alerts and indexes from bytes; the only entry of this package, called by feeds.sandbox.child.

bytes -> markup (elements) -> index (entries) -> CapLink
                           -> alert, info, geometry, instants -> CapAlert
                              with a certificate: signature -> verifier, and only what was signed is read
"""

from __future__ import annotations

from datetime import UTC, datetime

from lxml import etree

from feeds.errors import ParseError
from feeds.formats.cap.alert import Origin, read_alert
from feeds.formats.cap.document import DAMAGED, CapAlert, CapIndex, CapLink
from feeds.formats.cap.fields import Notes, name_of
from feeds.formats.cap.index import FEEDS, MAX_ENTRIES, address_of, alerts_in, entries, fingerprint, title_of
from feeds.formats.cap.markup import parse, refuse_html
from feeds.formats.cap.signature import certificates_from
from feeds.limits import DEFAULT_ZONE

_CONTAINERS = {"alerts", "edxldistribution"}
_EARLIEST = datetime.min.replace(tzinfo=UTC)


def read_cap(
    body: bytes, *, address: str, content_type: str = "", zone: str = DEFAULT_ZONE, certificate: str = ""
) -> CapIndex:
    """Reads ``body``, which was fetched from ``address``: links to alerts, alerts, or both.

    ``content_type`` is the response header verbatim; ``zone`` is the source's time zone, for times without an offset;
    ``certificate`` is PEM text, one or more certificates of the source, "" if signatures need not be checked. A real
    feed without entries is an empty index. Raises ParseError: "too-large", "empty", "html-page", "bot-wall",
    "broken", "not-cap", "certificate"; after any of them the caller does not know which alerts are in force.
    """
    certificates = certificates_from(certificate) if certificate else ()
    markup = parse(body, content_type, faithful=bool(certificates))
    root = markup.root
    refuse_html(root)
    origin = Origin(address, zone, certificates, markup.notes, markup.lossy)
    if name_of(root) in FEEDS:
        return _index(root, origin)
    return _contained(root, origin)


def read_alerts(
    body: bytes, *, address: str, content_type: str = "", zone: str = DEFAULT_ZONE, certificate: str = ""
) -> tuple[CapAlert, ...]:
    """Reads the alerts in one document, at least one. Arguments and errors are those of ``read_cap``.

    Raises ParseError for a document without an alert: "broken" if it contains a damaged one, else "not-cap".
    """
    found = read_cap(body, address=address, content_type=content_type, zone=zone, certificate=certificate)
    if not found.alerts:
        raise _without_alert(damaged=found.cut)
    return found.alerts


def _without_alert(*, damaged: bool) -> ParseError:
    """Returns the error for a document without a readable alert; ``damaged``: it has an alert that cannot be read."""
    if damaged:
        return ParseError(DAMAGED, "broken")
    return ParseError("Nội dung nhận được không phải là cảnh báo CAP.", "not-cap")


def _index(root: etree._Element, origin: Origin) -> CapIndex:
    notes = Notes(*origin.notes)
    links: dict[str, CapLink] = {}
    alerts: list[CapAlert] = []
    newest, cut = entries(root, origin.zone, notes)
    for entry in newest:
        inside, damaged = alerts_in(entry.element, notes, faithful=bool(origin.certificates))
        room = MAX_ENTRIES - len(alerts)
        cut = cut or damaged or len(inside) > room
        alerts += [read_alert(alert, origin) for alert in inside[:room]]
        address = "" if inside else address_of(entry.element, origin.address, notes)
        if address and address not in links:
            links[address] = CapLink(address, title_of(entry.element), entry.updated, fingerprint(entry.element))
    return CapIndex(tuple(links.values()), _newest_first(alerts), cut, notes.all())


def _contained(root: etree._Element, origin: Origin) -> CapIndex:
    """Returns the alerts of a document that is an alert or contains alerts. Raises ParseError for any other document.

    The code is "broken" if the document contains a damaged alert, else "not-cap". An empty container is no error.
    """
    notes = Notes(*origin.notes)
    found, damaged = alerts_in(root, notes, faithful=bool(origin.certificates))
    if not found and name_of(root) not in _CONTAINERS:
        raise _without_alert(damaged=damaged)
    envelope = _envelope_doubt(root)
    if envelope:
        origin = Origin(origin.address, origin.zone, origin.certificates, (*origin.notes, envelope), draft_only=True)
    elif found and found[0].root is not root and name_of(root) not in _CONTAINERS:
        notes.add("Cảnh báo nằm trong một tài liệu thuộc loại khác.")
    if len(found) > MAX_ENTRIES:
        notes.add(f"Tài liệu có hơn {MAX_ENTRIES} cảnh báo; chỉ đọc {MAX_ENTRIES} cảnh báo đầu.")
    alerts = [read_alert(alert, origin) for alert in found[:MAX_ENTRIES]]
    return CapIndex((), _newest_first(alerts), damaged or len(found) > MAX_ENTRIES, notes.all())


def _envelope_doubt(root: etree._Element) -> str:
    """Returns a note for the editor if an EDXL-DE envelope says that its content is not a real warning; else ""."""
    if name_of(root) != "edxldistribution":
        return ""
    status = next(((child.text or "").strip() for child in root if name_of(child) == "distributionstatus"), "Actual")
    return "" if status.lower() == "actual" else "Gói EDXL ghi rằng nội dung không phải là cảnh báo thật."


def _newest_first(alerts: list[CapAlert]) -> tuple[CapAlert, ...]:
    return tuple(sorted(alerts, key=lambda alert: alert.sent or _EARLIEST, reverse=True))
