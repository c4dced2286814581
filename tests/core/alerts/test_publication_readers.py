"""Our documents as other people's programs read them: two readers from PyPI find the same in them."""

from __future__ import annotations

from dataclasses import replace

import capparser
from cap_tools.models import Alert
from xsdata.formats.dataclass.parsers import XmlParser

from server.core.alerts.publication_document import urn
from tests.cast import HOUR, MINUTE, NOW
from tests.core.alerts.publishing import SENDER, WEB, Press, live

HEADLINE = "Nước sông Luộc lên nhanh & rất xiết: “rời bãi bồi” <ngay>"


def bodies() -> tuple[Press, list[bytes]]:
    """A notice that is posted, extended and cleared: its three documents."""
    press, one = Press(), live(headline=HEADLINE, danger="Lũ")
    press.run([one], NOW)
    longer = replace(one, until=NOW + 2 * HOUR)
    press.run([longer], NOW + MINUTE)
    press.run([replace(longer, state="cleared", ended=NOW)], NOW + 2 * MINUTE)
    return press, [press.bodies[document.identifier] for document in press.documents]


def test_cap_tools_reads_what_the_notice_says() -> None:
    press, written = bodies()
    first, _, last = (XmlParser().from_bytes(body, Alert) for body in written)
    (info,) = first.infos
    assert (first.identifier, first.sender) == (urn(press.documents[0].identifier), SENDER)
    assert (str(first.sent), str(info.expires)) == ("2026-03-09T07:30:00+07:00", "2026-03-09T08:30:00+07:00")
    assert (first.status.value, first.msg_type.value, first.scope.value) == ("Actual", "Alert", "Public")
    assert (info.headline, info.event, info.sender_name, info.web) == (HEADLINE, "Lũ", live().sender, WEB)
    assert (info.urgency.value, info.severity.value, info.certainty.value) == ("Expected", "Severe", "Likely")
    assert info.instruction == "\n".join(live().acts)
    assert [(one.area_desc, one.geocodes[0].value.value) for one in info.areas] == [("Tỉnh Hưng Yên", "VN-66")]
    assert [one.value for one in last.infos[0].response_types] == ["AllClear"]
    assert len(str(last.references).split()) == 2


def test_capparser_reads_what_the_notice_says() -> None:
    press, written = bodies()
    for document, body in zip(press.documents, written, strict=True):
        found = capparser.parse(stringXML=body.decode())
        ((info,), _) = found.info
        assert found.identifier[0] == urn(document.identifier)
        assert (found.sender[0], found.msgType[0], found.status[0]) == (SENDER, document.kind, "Actual")
        assert HEADLINE in info.headline[0]
        assert info.event[0] == "Lũ"
        ((area,), _) = info.area
        ((code,), _) = area.geocode
        assert (area.areaDesc[0], code.value[0]) == ("Tỉnh Hưng Yên", "VN-66")
