"""Starts a server with two boards and connects clients to it as viewer, paired screen or page of the desk.

Used by the attack tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from server.core.policy import Grant
from server.desk.screens.wall_tickets import wall_tickets
from server.store.people import people, sign_ins
from tests.live.raw import RawScreen
from tests.station import Station, config_text

BOARD, OTHER = "xa-minh-tan", "xa-dong-hai"
ACTOR = "os:root"


@dataclass(frozen=True, slots=True)
class Key:
    """A paired screen: its number and the secret key with which it connects."""

    screen: int
    key: str

    @property
    def auth(self) -> dict[str, Any]:
        return {"screen": self.screen, "key": self.key}


def start_station(folder: Path, *, hidden: str = "", proxies: int = 0) -> Station:
    """Starts a server without a worker and returns its station.

    The server trusts ``proxies`` proxies in front of it. The board with the slug ``hidden`` is not public.
    """
    text = config_text([BOARD, OTHER]).replace("[server]\n", f"[server]\nproxies = {proxies}\n")
    if hidden:
        head, name, tail = text.rpartition(f'slug = "{hidden}"')
        text = head + name + tail.replace("public = true", "public = false", 1)
    return Station.of(folder, text).start(worker=False)


def pair(station: Station, board: str, now: datetime) -> Key:
    """Pairs a new screen with the board ``board``."""
    paired = station.pair(board, now)
    return Key(paired.screen, paired.key)


def ticket(station: Station, name: str, now: datetime) -> str:
    """Adds a person who may see every screen, signs them in, and returns their ticket for the wall (/desk/wall/)."""
    made = people.add(station.store, username=name, name=name, email=f"{name}@x.vn", actor=ACTOR, now=now)
    people.grant(station.store, name, Grant("viewer", "tinh"), by=None, actor=ACTOR, now=now)
    sign_in = sign_ins.begin(station.store, made.id, address="", agent="", now=now, factor=True)
    return wall_tickets(station.data).make(sign_in.id)


@contextmanager
def client(port: int, auth: object) -> Iterator[RawScreen]:
    """Connects to the default namespace with the CONNECT payload ``auth`` and waits for the first `state` message."""
    raw = RawScreen(port)
    try:
        assert raw.connect(auth).startswith("40")
        raw.wait('42["state"')
        yield raw
    finally:
        raw.close()


@contextmanager
def page(port: int, ticket: str) -> Iterator[RawScreen]:
    """Connects to the namespace /desk as a page of the wall does, and waits until all of its rows have arrived."""
    raw = RawScreen(port)
    try:
        raw.wait("0")
        raw.send("40/desk," + json.dumps({"ticket": ticket}))
        raw.wait("40/desk,")
        while '"whole":true' not in raw.wait('42/desk,["wall"').replace(" ", ""):
            pass
        yield raw
    finally:
        raw.close()


def metric(station: Station, name: str) -> dict[str, float]:
    """Reads a metric that has one label from /metrics; returns label value -> value of the metric."""
    status, body = station.get("/metrics")
    assert status == 200
    families = text_string_to_metric_families(body.decode())
    samples = [one for family in families for one in family.samples if one.name == name]
    return {"".join(one.labels.values()): one.value for one in samples}
