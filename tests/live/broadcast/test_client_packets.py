"""Which texts from clients are valid Socket.IO packets, and what is parsed from them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.live.broadcast.client_packets import ClientPacket, client_packet
from server.live.broadcast.event_rules import EVENTS
from tests.core.test_wire import JSON


@pytest.mark.parametrize(
    ("text", "packet"),
    [
        ("0", ClientPacket("connect", "/")),
        ('0{"board":"a"}', ClientPacket("connect", "/")),
        ("0/desk,{}", ClientPacket("connect", "/desk")),
        ("1", ClientPacket("disconnect", "/")),
        ('2["sync",{}]', ClientPacket("event", "/", "sync", ({},))),
        ('212["want",[]]', ClientPacket("event", "/", "want", ([],), 12)),
        ('2/desk,3["want"]', ClientPacket("event", "/desk", "want", (), 3)),
        ('2["other",1]', ClientPacket("event", "/", "other", (1,))),
        ("31[]", ClientPacket("ack", "/", number=1)),
    ],
)  # fmt: skip
def test_packets_of_clients_are_understood(text: str, packet: ClientPacket) -> None:
    assert client_packet(text) == packet


@pytest.mark.parametrize(
    "packet",
    ["", "2", "2[", "2{}", "2[]", "2[1]", "2[[]]", "3", "3[]", "3{}", "4{}", "5", '51-["sync"]', "2/other,[]", "x",
     b"2", None, 7, {"a": 1}, "0/other", "0/desk?a,{}", "0{", "07{}", '2["sync"', "2" + "[" * 60_000,
     "29999999999[]", '2٣["sync"]', '0{"a":' + "[" * 60_000],
)  # fmt: skip
def test_all_other_packets_are_rejected(packet: object) -> None:
    assert client_packet(packet) is None


@given(st.text(max_size=30) | st.from_regex(r"[0-6][0-9]{0,3}[\[{].{0,10}", fullmatch=True))
def test_no_packet_raises_an_error(packet: str) -> None:
    client_packet(packet)


@given(st.sampled_from(EVENTS), st.lists(JSON, max_size=3), st.none() | st.integers(0, 999))
def test_an_event_may_have_any_payload(rule: object, payload: list[object], ack: int | None) -> None:
    name = next(one.name for one in EVENTS if one is rule)
    found = client_packet(f"2{'' if ack is None else ack}" + json.dumps([name, *payload]))
    assert found is not None
    assert (found.event, len(found.words), found.number) == (name, len(payload), ack)
