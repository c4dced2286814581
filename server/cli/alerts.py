"""Prints CAP alerts, also those that an index links to, as JSON lines; called by server.cli.inspect (``read``)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime

from feeds import FeedError, Fetched
from feeds.formats.cap.document import CapAlert, CapArea, CapIndex
from feeds.sandbox.isolate import Sandbox, SandboxProcess
from server.cli.context import fail, hint, say

_MOST_DOCUMENTS = 50
"""Documents that are fetched from one index; a server reads them all, a person looks at the newest."""


def print_alerts(got: Fetched, zone: str, fetched: Callable[[str], Fetched]) -> None:
    """Prints a line on stdout for each alert in ``got`` or linked from it, and remarks on stderr.

    ``fetched`` fetches the document at an address. Ends the command with exit code 1 if there are links but no alert
    can be read. Raises ParseError if ``got`` itself cannot be read.
    """
    sandbox = SandboxProcess()
    try:
        found = _read(sandbox, got, zone)
        _say_each(found.alerts)
        for note in found.notes:
            hint(note)
        if not found.entries:
            if not found.alerts and not found.cut:
                hint("Danh mục đọc được và hiện không có cảnh báo nào.")
            return
        if _linked(sandbox, found, zone, fetched) + len(found.alerts) == 0:
            fail(f"{got.url}: không đọc được cảnh báo nào trong danh mục.", 1)
    finally:
        sandbox.close()


def _linked(sandbox: Sandbox, found: CapIndex, zone: str, fetched: Callable[[str], Fetched]) -> int:
    """Prints the alerts that an index links to, the newest first; returns how many it printed."""
    if len(found.entries) > _MOST_DOCUMENTS:
        hint(f"Danh mục có {len(found.entries)} liên kết; chỉ đọc {_MOST_DOCUMENTS} cảnh báo mới nhất.")
    count = 0
    for link in found.entries[:_MOST_DOCUMENTS]:
        try:
            alerts = _read(sandbox, fetched(link.address), zone).alerts
        except FeedError as error:
            hint(f"{link.address}: {error.message}")
            continue
        if not alerts:
            hint(f"{link.address}: không phải là cảnh báo CAP.")
        _say_each(alerts)
        count += len(alerts)
    return count


def _read(sandbox: Sandbox, got: Fetched, zone: str) -> CapIndex:
    return sandbox.read_cap(got.body, address=got.url, content_type=got.content_type, zone=zone)


def _say_each(alerts: Iterable[CapAlert]) -> None:
    for alert in alerts:
        say(json.dumps(line(alert), ensure_ascii=False))


def line(alert: CapAlert) -> dict[str, object]:
    """The parsed values of an alert, as the JSON object that ``print_alerts`` prints; times in ISO 8601, UTC."""
    return {
        "identifier": alert.identifier,
        "sender": alert.sender,
        "status": alert.status,
        "kind": alert.kind,
        "scope": alert.scope,
        "references": [reference.identifier for reference in alert.references],
        "languages": list(dict.fromkeys(info.language for info in alert.infos)),
        "headlines": [info.headline or info.event for info in alert.infos],
        "times": {
            "sent": _iso(alert.sent),
            "effective": [_iso(info.effective) for info in alert.infos],
            "onset": [_iso(info.onset) for info in alert.infos],
            "expires": [_iso(info.expires) for info in alert.infos],
        },
        "areas": [_area(area) for area in dict.fromkeys(area for info in alert.infos for area in info.areas)],
        "version": alert.version,
        "signature": alert.signature,
        "draft_only": alert.draft_only,
        "notes": list(alert.notes),
    }


def _area(area: CapArea) -> dict[str, object]:
    """Returns an area of an alert as a JSON object: description, number of outlines (no points), circles, codes.

    A circle is [latitude, longitude, radius in kilometres], a code "scheme=value".
    """
    return {
        "description": area.description,
        "outlines": len(area.polygons),
        "circles": [list(one) for one in area.circles],
        "codes": ["=".join(code) for code in area.codes],
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
