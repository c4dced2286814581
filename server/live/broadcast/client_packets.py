"""Parses the Socket.IO packets that clients send, before python-socketio sees them; called by packet_filter.

Only connect, disconnect, text events and acknowledgements are accepted. Any other packet would make the library log a
traceback, or wait for binary parts. An event that a client names "connect" or "disconnect" would make the library
call the handler of a real connect or disconnect.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["connect", "disconnect", "event", "ack"]
SCREENS, DESK = "/", "/desk"
_KINDS: tuple[Kind, ...] = ("connect", "disconnect", "event", "ack")
_PACKET = re.compile(
    rf'(?P<kind>[0-3])(?:(?P<namespace>{DESK}),)?(?P<number>[0-9]{{0,9}})(?P<json>[\[{{"n].*)?\Z', re.DOTALL
)


@dataclass(frozen=True, slots=True)
class ClientPacket:
    """One packet of a client. ``event`` is the event's name, ``words`` are its arguments.

    Both are empty unless ``kind`` is "event". ``number`` is the id of the acknowledgement that the client asks for
    (kind "event") or sends (kind "ack"), or None.
    """

    kind: Kind
    namespace: str
    event: str = ""
    words: tuple[object, ...] = ()
    number: int | None = None


def client_packet(packet: object) -> ClientPacket | None:
    """Parses what a client has sent. Returns None if it is malformed, is not text, or announces binary parts."""
    found = _PACKET.match(packet) if isinstance(packet, str) else None
    if found is None:
        return None
    kind, number = _KINDS[int(found["kind"])], int(found["number"]) if found["number"] else None
    try:
        payload = json.loads(found["json"] or "null")
    except (ValueError, RecursionError):
        return None
    namespace = found["namespace"] or SCREENS
    if kind in ("connect", "disconnect"):
        return ClientPacket(kind, namespace) if number is None else None
    if not isinstance(payload, list):
        return None
    if kind == "ack":
        return ClientPacket(kind, namespace, number=number) if number is not None else None
    event = payload[0] if payload else None
    return ClientPacket(kind, namespace, event, tuple(payload[1:]), number) if isinstance(event, str) else None
