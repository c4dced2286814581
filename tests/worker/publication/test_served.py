"""From the command of an editor to the feed that a neighbour reads, with a real server and a real worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.formats.cap.document import CapAlert
from feeds.formats.cap.reader import read_cap
from tests.station import Station, config_text, until
from tests.worker.publication.keys import CERTIFICATE, KEY, put


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    """A station with a public address, which signs by a key of our own."""
    made = Station.of(tmp_path, "")
    text = config_text(["bang"]).replace("port = 0", f'port = 0\npublic_url = "{made.address}"', 1)
    signing = f'[alerts]\nsigning_key = "{KEY}"\ncertificate = "{CERTIFICATE}"\n\n'
    made.config.write_text(signing + text, encoding="utf-8")
    made.data.mkdir()
    put(made.data)
    try:
        yield made.start()
    finally:
        made.close()


def alerts(station: Station) -> list[CapAlert]:
    """The alerts that the feed of the commune leads to; empty while it is no feed or has no entry."""
    address = f"{station.address}/areas/bang/alerts.atom"
    status, body = station.get("/areas/bang/alerts.atom")
    if status != 200:
        return []
    links = [link.address for link in read_cap(body, address=address).entries]
    documents = [station.get(link.removeprefix(station.address)) for link in links]
    assert all(status == 200 for status, _ in documents)
    return [alert for _, text in documents for alert in read_cap(text, address=address).alerts]


def test_a_neighbour_reads_what_an_editor_posted_and_cleared(station: Station) -> None:
    station.cli("urgent", "Rời bãi bồi ngay", "--area", "tinh", "--minutes", "30")
    (alert,) = until(lambda: alerts(station), "the alert is in the feed")
    assert (alert.kind, alert.signature, alert.infos[0].headline) == ("Alert", "unchecked", "Rời bãi bồi ngay")
    station.cli("clear", "1")
    found = until(lambda: [one for one in alerts(station) if one.kind == "Cancel"], "the all-clear is in the feed")
    assert [one.identifier for one in found[0].references] == [alert.identifier]
