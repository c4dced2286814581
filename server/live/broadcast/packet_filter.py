"""Checks clients' packets by event_rules; passes the allowed ones on to python-socketio; created by hub.

    socket ──packet──> bytes ──> client_packet ──> event, sender, rate ──> the library, which calls the handler

A client that sends a malformed packet is disconnected. A packet that is not allowed is dropped before a greenlet is
started for it, and is counted instead of logged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from socketio.manager import Manager
from socketio.server import Server

from server.live.broadcast.client_packets import DESK, ClientPacket, client_packet
from server.live.broadcast.connections import drop
from server.live.broadcast.event_rules import BYTES, CONNECTS, OVERHEAD, EventRule, Sender
from server.live.loop.refusals import Refusals
from server.live.loop.token_buckets import TokenBuckets
from server.live.screens.registry import ScreenRegistry

Deliver = Callable[[str, object], object]
_BYTES, _CONNECTS = 0, 1


class PacketFilter:
    """Checks packets and passes the allowed ones to ``deliver``, python-socketio's handler.

    ``is_page`` takes a Socket.IO id of the namespace /desk and returns whether it is an admitted page of the live
    wall. All connections of a paired screen share one set of rate limits for events; a viewer, a guard (the program
    beside a screen's browser) and a page have one set for each connection. The limits for bytes and CONNECT packets
    apply to each connection separately.
    """

    def __init__(
        self,
        server: Server,
        manager: Manager,
        rules: Iterable[EventRule],
        registry: ScreenRegistry,
        refusals: Refusals,
        *,
        deliver: Deliver,
        is_page: Callable[[str], bool],
        monotonic: Callable[[], float],
    ) -> None:
        self._server, self._manager, self._registry, self._refusals = server, manager, registry, refusals
        self._deliver, self._is_page = deliver, is_page
        listed = tuple(rules)
        self._rules = {(rule.namespace, rule.name): (at, rule) for at, rule in enumerate(listed)}
        self._connections = TokenBuckets((BYTES, CONNECTS), monotonic)
        self._events = TokenBuckets([rule.limit for rule in listed], monotonic)

    def receive(self, peer_id: str, text: object) -> None:
        """Checks one packet of the Engine.IO client ``peer_id``, and passes it on or drops it.

        Disconnects the client if the packet is malformed, or is one CONNECT packet too many.
        """
        peer = self._server.eio.sockets.get(peer_id)
        if peer is None or peer.closing:
            return
        size = len(text) if isinstance(text, str | bytes) else 0
        if not self._connections.take(peer_id, _BYTES, size + OVERHEAD):
            self._refusals.count("bytes: too many", peer_id)
            return
        packet = client_packet(text)
        if packet is None:
            self._refusals.count("not understood", repr(text)[:60])
            drop(peer)
        elif packet.kind == "connect" and not self._connections.take(peer_id, _CONNECTS, 1):
            self._refusals.count("connect: too often", peer_id)
            drop(peer)
        elif packet.kind != "event" or self._allows(peer_id, packet):
            self._deliver(peer_id, text)

    def forget(self, peer_id: str) -> None:
        """Drops the rate limits of a connection that has ended; those that a paired screen shares are kept."""
        self._connections.forget(peer_id)
        self._events.forget(peer_id)

    def _allows(self, peer_id: str, packet: ClientPacket) -> bool:
        at, rule = self._rules.get((packet.namespace, packet.event), (0, None))
        if rule is None:
            self._refusals.count("event: unknown", repr(packet.event[:60]))
            return False
        sender, owner = self._sender(peer_id, packet.namespace)
        if sender not in rule.senders:
            self._refusals.count(f"{rule.name}: not allowed to {sender or 'strangers'}", peer_id)
            return False
        if self._events.take(owner, at, rule.cost(packet.words)):
            return True
        self._refusals.count(f"{rule.name}: too often", f"{sender} {owner}")
        self._refuse(peer_id, packet, rule)
        return False

    def _sender(self, peer_id: str, namespace: str) -> tuple[Sender | None, str | int]:
        """Returns (the client's kind in this namespace, the owner of its rate limits).

        The kind is None if the client is not admitted yet. The owner is the screen's number for a paired screen,
        otherwise ``peer_id``.
        """
        sid = self._manager.sid_from_eio_sid(peer_id, namespace) or ""
        if namespace == DESK:
            return ("page" if self._is_page(sid) else None), peer_id
        visitor = self._registry.visitor(sid)
        if visitor is None:
            return None, peer_id
        if visitor.screen is None:
            return "viewer", peer_id
        return ("guard", peer_id) if visitor.guard else ("screen", visitor.screen)

    def _refuse(self, peer_id: str, packet: ClientPacket, rule: EventRule) -> None:
        if packet.number is not None and rule.refused:
            self._server.eio.send(peer_id, f"3{packet.number}{rule.refused}")
