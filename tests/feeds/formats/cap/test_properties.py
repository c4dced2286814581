"""Properties of any bytes: the result is a CapIndex of sound alerts or a ParseError, and nothing else."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds import ParseError
from feeds.clean.elements import TAG
from feeds.formats.cap.document import CapAlert, CapIndex
from tests.feeds.formats.cap.documents import CAP10, alert, area, atom, entry, info, only_info, whole
from tests.feeds.formats.cap.keys import signed, signer

FULL = info(
    "<headline>Bão &amp; lũ</headline><effective>2026-08-25T16:00:00+07:00</effective>"
    "<expires>2026-08-26T16:00:00</expires><description>&lt;p&gt;Một&lt;/p&gt;</description>"
    "<parameter><valueName>a</valueName><value>1</value></parameter><resource><uri>a.png</uri><size>1</size></resource>",
    areas=area(
        "<polygon>20.1,179 20.1,-179 20.8,-179 20.1,179</polygon><circle>20,106 5</circle><geocode>a=b</geocode>"
    ),
)
UPDATE = alert(FULL, head="<references>a,b,2026-08-25T16:00:00+07:00</references>", changes={"msgType": "Update"})
SEEDS = [
    UPDATE.encode(),
    alert(FULL, ns=CAP10).encode("utf-16"),
    f'<?xml version="1.0" encoding="ISO-8859-1"?>{alert(info(event="Lu", areas=""))}'.encode("latin-1", "replace"),
    atom(entry('<link type="application/cap+xml" href="a.cap"/>'), entry("", inside=alert(FULL))).encode(),
    f"<!DOCTYPE alert [<!ENTITY a 'x'>]>{alert(FULL)}".encode(),
]
PIECES = [
    b"<", b">", b"]]>", b"<![CDATA[", b"&#x", b"&a;", b"<!DOCTYPE x [", b"</info>", b"<info>", b"xmlns:a=''", b",",
    b"-", b"\x00", b"\xff\xfe", b"99999", b"<!--", b"<?xml ",
]  # fmt: skip


def damaged(seed: bytes, luck: int, times: int) -> bytes:
    """``seed`` with parts taken out, doubled or put in."""
    dice, body = random.Random(luck), bytearray(seed)
    for _ in range(times):
        at, kind = dice.randrange(len(body) or 1), dice.randrange(4)
        if kind == 0:
            del body[at : at + dice.randrange(1, 40)]
        elif kind == 1:
            body[at:at] = bytes(dice.randrange(256) for _ in range(dice.randrange(1, 8)))
        elif kind == 2:
            body[at:at] = body[at : at + 60]
        else:
            body[at:at] = dice.choice(PIECES)
    return bytes(body)


def texts_of(found: CapAlert) -> list[str]:
    """The texts of an alert that people read."""
    return [found.source, found.note] + [
        text
        for part in found.infos
        for text in (
            part.event,
            part.headline,
            part.description,
            part.instruction,
            *(one.description for one in part.areas),
        )
    ]


def check(body: bytes, content_type: str = "", certificate: str = "") -> CapIndex | None:
    """Reads ``body`` and checks what every alert promises; None if it is refused."""
    try:
        got = whole(body, content_type=content_type, certificate=certificate)
    except ParseError:
        return None
    for found in got.alerts:
        if not (found.identifier and found.sender and found.sent and found.status and found.kind and found.version):
            assert found.draft_only
        for text in texts_of(found):
            assert TAG.search(text) is None
            assert unicodedata.is_normalized("NFC", text)
            assert not {sign for sign in text if unicodedata.category(sign) in ("Cc", "Cs")} - {"\n"}
        for outline in (one for part in found.infos for where in part.areas for one in where.polygons):
            assert len(outline) >= 4
            assert outline[0] == outline[-1]
    for link in got.entries:
        assert link.address.startswith(("http://", "https://"))
    return got


@given(st.binary(max_size=400), st.sampled_from(["", "text/xml", "; charset=utf-16", "; charset=\x00"]))
def test_any_bytes(body: bytes, content_type: str) -> None:
    check(body, content_type)


@given(st.sampled_from(SEEDS), st.integers(0, 2**32), st.integers(1, 12))
def test_any_damage_to_a_document(seed: bytes, luck: int, times: int) -> None:
    check(damaged(seed, luck, times))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_document_without_damage_is_read(seed: bytes) -> None:
    got = check(seed)
    assert got is not None
    assert got.alerts


@given(st.integers(0, 2**32), st.integers(1, 6))
@example(luck=47882, times=1)
def test_no_damage_to_a_signed_alert_stays_valid_with_other_words(luck: int, times: int) -> None:
    sound = signed(UPDATE, signer()).encode()
    got = check(damaged(sound, luck, times), certificate=signer().pem)
    (original,) = whole(sound, certificate=signer().pem).alerts
    assert original.signature == "valid"
    for found in got.alerts if got else ():
        # What was signed cannot be changed; a fault elsewhere in the document may add a note.
        same = replace(found, notes=original.notes, draft_only=False) == original
        assert found.signature != "valid" or same
        assert found.signature == "valid" or found.draft_only


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn"]), max_size=200))
def test_any_text_in_characters_is_kept_as_it_is_written(text: str) -> None:
    written = text.replace("&", "").replace("<", "").replace("]]>", "")
    got = only_info(alert(info(f"<headline><![CDATA[{written}]]></headline>"))).headline
    assert got.split() == unicodedata.normalize("NFC", written).split()


@given(st.lists(st.sampled_from(["<info>", "</info>", "<area>", "</area>", "<event>Bão</event>", "x", "<!-- -->"])))
def test_any_order_of_elements(pieces: list[str]) -> None:
    check(alert("".join(pieces)).encode())
