"""One simulated screen: speaks the real protocol and checks the server's messages by the rules of core/wire.py.

It does no I/O: it takes the packets received, returns the packets to send, and adds breaches of rules to a Report.
Called by crowd, which has the sockets.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from server.core import wire
from server.core.lap.airing import Lap, Slot, airing_at
from server.core.wire_digest import digest
from server.simulate.report import Report

_OVERHEAD = 200  # the most bytes that event name and framing add to a payload
LARGEST = wire.LARGEST_MESSAGE + _OVERHEAD


@dataclass(frozen=True, slots=True)
class Identity:
    """The client that is simulated: a public viewer of ``board`` if ``screen`` is None, else a paired screen.

    ``screen`` is the screen's number and ``key`` its key.
    """

    board: str
    screen: int | None = None
    key: str = ""

    def auth(self) -> wire.Message:
        """The fields of the CONNECT payload that identify the screen or viewer."""
        return {"board": self.board} if self.screen is None else {"screen": self.screen, "key": self.key}


class Screen:
    """A simulated screen, which keeps its state when it reconnects.

    ``monotonic`` returns seconds; without ``bodies`` the screen does not request the HTML of slides. ``in_step`` is
    whether it has received its board's state on the present connection. ``back`` is the longest delay in milliseconds
    before it reconnects, which the server sends.
    """

    def __init__(self, who: Identity, report: Report, monotonic: Callable[[], float], *, bodies: bool = True) -> None:
        self.who, self._report, self._monotonic, self._bodies = who, report, monotonic, bodies
        self.epoch: str | None = None
        self.revision = 0
        self.back = wire.SHORTEST_RETURN
        self.in_step = False
        self.notices: dict[str, wire.Message] = {}
        self.lap: Lap | None = None
        self._held: set[str] = set()
        self._named: tuple[str, ...] = ()
        self._wanted: set[str] = set()
        self._server_at: tuple[int, float] | None = None
        self._reset()

    def _reset(self) -> None:
        """Resets the fields that belong to one connection."""
        self.in_step = False
        self._parts: list[str] = []
        self._body_parts: list[str] = []
        self._sync_sent: float | None = None
        self._number = self._sync_number = 0
        self._notice_revisions: dict[str, int] = {}
        self._began = self._monotonic()

    def connecting(self) -> None:
        """Resets the fields of the last connection; called before each new connection."""
        self._reset()

    def reported(self) -> wire.Message:
        """The fields of CONNECT and `sync` that tell the server which state and slides the screen has."""
        return {"epoch": self.epoch, "revision": self.revision, "have": digest(self._held_of_named())}

    def _held_of_named(self) -> Iterator[str]:
        return (one for one in self._named if one in self._held or not self._bodies)

    def receive(self, packet: str, size: int) -> list[str]:
        """Handles an Engine.IO packet from a frame of ``size`` bytes; returns the packets to send in reply."""
        if packet == "2":
            return ["3"]
        if packet.startswith("0"):
            return ["40" + json.dumps(self.who.auth() | {"build": "simulate", "parts": True} | self.reported())]
        if packet.startswith(("41", "44")):
            self._report.counts["refused"] += 1
            return []
        if packet.startswith("43"):
            return self._take_sync(packet)
        if not packet.startswith("42"):
            return []
        number, _, words = packet[2:].partition("[")
        name, *payload = json.loads("[" + words)
        self._report.counts[name] += 1
        if size > LARGEST:
            self._report.breach("messages have an end", f"{name} of {size} bytes")
        replies = self._take(name, payload[0] if payload else None)
        return [f"43{number}[]", *replies] if number else replies

    def _take(self, name: str, payload: Any) -> list[str]:
        if name == "state":
            return self._state(payload)
        if name == "part":
            return self._part(payload)
        if name == "slides":
            self._slides(payload)
        elif name == "body":
            self._body(payload)
        elif name == "notice":
            return self._notice(payload)
        elif name == "clear":
            return self._clear(payload)
        elif name == "slide":
            self._slide(payload)
        return []

    def _part(self, part: wire.Message) -> list[str]:
        if part["at"] == 0:
            self._parts = []
        if len(self._parts) != part["at"]:
            self._report.breach("parts come in order", str(part["at"]))
        self._parts.append(part["text"])
        return self._state(json.loads("".join(self._parts))) if len(self._parts) == part["of"] else []

    def _state(self, state: wire.Message) -> list[str]:
        if state["epoch"] == self.epoch and self.in_step and state["revision"] < self.revision:
            self._report.breach("revisions grow", f"{self.who.board}: {state['revision']} after {self.revision}")
        if not self.in_step:
            self._report.connecting.append(self._monotonic() - self._began)
        if state["epoch"] != self.epoch or state["revision"] >= self.revision:
            self._adopt(state)
        self.in_step = True
        return [*self._want(), *([] if self._sync_sent is not None else self.sync())]

    def _adopt(self, state: wire.Message) -> None:
        self.epoch, self.revision, self.back = state["epoch"], state["revision"], state["back"]
        self._server_at = (state["now"], self._monotonic())
        slots = tuple(
            Slot(one["hash"], one["dwell"], one["title"], one["source"], _spans(one["windows"]), key="")
            for one in state["lap"]["slides"]
        )
        self.lap = Lap(state["lap"]["number"], state["lap"]["start"], slots, filler=state["lap"]["filler"])
        self.notices = {one["id"]: one for one in state["notices"]}
        for one in state["notices"]:
            if one["until"] < state["now"] - 1_000:
                self._report.breach("nothing expired is sent", one["id"])
        named = [one["hash"] for one in state["notices"]] + [slot.hash for slot in slots]
        named += [one for one in (state["lap"]["filler"], state["lap"]["safe"]) if one]
        self._named = tuple(dict.fromkeys(named))
        self._held &= set(self._named)

    def _want(self) -> list[str]:
        missing = [one for one in self._named if one not in self._held and one not in self._wanted]
        if not missing or not self._bodies:
            return []
        self._wanted.update(missing)
        return ["42" + json.dumps(["want", missing[:250]])]

    def _slides(self, slides: list[wire.Message]) -> None:
        for one in slides:
            if one["hash"] not in self._wanted and one["hash"] not in self._held:
                self._report.breach("only what was wanted is sent", one["hash"])
        self._hold(slides)

    def _hold(self, slides: list[wire.Message]) -> None:
        for one in slides:
            if not one["html"]:
                self._report.breach("a body says something", one["hash"])
            self._wanted.discard(one["hash"])
            self._held.add(one["hash"])

    def _body(self, part: wire.Message) -> None:
        """Collects the parts of a large body; they arrive in order, without parts of other bodies between them.

        The body of a notice arrives just before the notice, without a `want` from the screen.
        """
        if part["at"] == 0:
            self._body_parts = []
        if len(self._body_parts) != part["at"]:
            self._report.breach("parts come in order", str(part["at"]))
        self._body_parts.append(part["text"])
        if len(self._body_parts) == part["of"]:
            self._hold([{"hash": part["hash"], "html": "".join(self._body_parts), "media": part["media"]}])

    def _notice(self, message: wire.Message) -> list[str]:
        head = message["notice"]
        if self._notice_revisions.get(head["id"]) == message["revision"]:
            self._report.breach("a notice comes once", head["id"])
        self._notice_revisions[head["id"]] = message["revision"]
        if not message["html"] and head["hash"] not in self._held:
            self._report.breach("a notice brings its body", head["id"])
        self._held.add(head["hash"])
        first = head["id"] not in self.notices
        self.notices[head["id"]] = head
        if first:
            self._report.arrivals.setdefault((self.who.board, head["id"]), []).append(self._monotonic())
        packets = self._follow(message)
        if self.who.screen is not None and first and self._server_at:
            now = round(self._server_at[0] + (self._monotonic() - self._server_at[1]) * 1000)
            receipts = [{"id": head["id"], "kind": kind, "at": now} for kind in ("received", "shown")]
            packets.append(self._call("receipts", receipts))
        return packets

    def _clear(self, message: wire.Message) -> list[str]:
        self.notices.pop(message["id"], None)
        return self._follow(message)

    def _follow(self, message: wire.Message) -> list[str]:
        """Stores the message's revision if it is the next one; returns the packets to send.

        These are a `sync` request if revisions are missing and no such request is pending; else there are none.
        """
        if message["epoch"] == self.epoch and message["revision"] == self.revision + 1:
            self.revision = message["revision"]
            return []
        return self.sync() if self._sync_sent is None else []

    def _slide(self, tick: wire.Message) -> None:
        if self.lap is None or tick["revision"] != self.revision:
            return
        airing = airing_at(self.lap, tick["at"])
        if airing is None:
            return
        due = self.lap.filler if airing.index is None else self.lap.slots[airing.index].hash
        if due != tick["hash"]:
            self._report.breach("the tick is what the lap says", f"{self.who.board} at {tick['at']}")

    def _call(self, event: str, payload: object) -> str:
        """The Engine.IO packet of ``event``, which asks the server for an acknowledgement."""
        self._number += 1
        return f"42{self._number}" + json.dumps([event, payload])

    def sync(self) -> list[str]:
        """The packets of a `sync`, which asks for the server's time and for a new state; sent by crowd every 20 s."""
        self._sync_sent = self._monotonic()
        self._sync_number = self._number + 1
        return [self._call("sync", self.reported() | {"t0": round(self._sync_sent * 1000)})]

    def health(self) -> list[str]:
        """The packets of a `health` report, which asks for no acknowledgement; sent by crowd once a minute."""
        shown = self.lap.slots[0].hash if self.lap is not None and self.lap.slots else ""
        health = {"errors": 0, "offset": 0, "shown": shown, "cold": True, "build": "simulate"}
        return ["42" + json.dumps(["health", health])]

    def _take_sync(self, packet: str) -> list[str]:
        number, _, words = packet[2:].partition("[")
        if self._sync_sent is None or int(number or 0) != self._sync_number:
            return []
        reply = json.loads("[" + words)[0]
        if reply["t0"] != round(self._sync_sent * 1000):
            self._report.breach("an answer names its question", str(reply))
        self._report.round_trips.append(self._monotonic() - self._sync_sent)
        self._sync_sent = None
        return self._want()


def _spans(windows: Iterable[tuple[int, int | None]]) -> tuple[tuple[int, int | None], ...]:
    return tuple((begin, end) for begin, end in windows)
