"""The limits for clients of this server: accepted host names, connections, deadlines, sizes of request bodies.

Created by server.processes.server and wsgi_server; used by request_handler and websocket_upgrade.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Protocol
from wsgiref.types import WSGIEnvironment

from server.live.sockets.client_address import client_address
from server.live.sockets.connection_table import ConnectionTable, Limits
from server.live.sockets.request_body import LARGEST_OF_STRANGERS, BodyRate


class Visitors(Protocol):
    """Recognizes clients by the key of a screen or a session of the desk; called for every request."""

    def known(self, environ: WSGIEnvironment) -> bool:
        """Whether the request carries a key or session that was recently found valid. Never waits."""
        ...

    def largest_body(self, environ: WSGIEnvironment, length: int) -> int:
        """The size limit of this request's body in bytes. ``length`` is the size that the client announces.

        May ask the desk's process, and wait, if ``length`` is above the limit for unknown clients.
        """
        ...


@dataclass(frozen=True, slots=True)
class Strangers:
    """A ``Visitors`` that recognizes nobody: every client is unknown and may send ``largest`` bytes."""

    largest: int = LARGEST_OF_STRANGERS

    def known(self, environ: WSGIEnvironment) -> bool:  # noqa: ARG002 - required by the protocol
        return False

    def largest_body(self, environ: WSGIEnvironment, length: int) -> int:  # noqa: ARG002 - required by the protocol
        return self.largest


@dataclass(frozen=True, slots=True)
class Admission:
    """All limits for clients: ``table`` limits connections, ``body_rate`` the time in which a body must arrive.

    ``visitors`` recognizes known clients and limits the size of bodies. ``hosts`` are the accepted values of the Host
    header, None for any. ``proxies`` is the number of trusted proxies in front of this server.
    """

    table: ConnectionTable
    visitors: Visitors = field(default_factory=Strangers)
    body_rate: BodyRate = field(default_factory=BodyRate)
    hosts: Container[str] | None = None
    proxies: int = 0

    def accepts_host(self, environ: Mapping[str, object]) -> bool:
        """Whether the Host header is accepted, and behind a trusted proxy also X-Forwarded-Host."""
        if self.hosts is None:
            return True
        forwarded = environ.get("HTTP_X_FORWARDED_HOST") if self.proxies else None
        return all(name in self.hosts for name in (environ.get("HTTP_HOST", ""), forwarded) if name is not None)

    def address(self, environ: Mapping[str, object]) -> str:
        """The client's IP address (client_address)."""
        return client_address(environ, self.proxies)


def unlimited(monotonic: Callable[[], float]) -> Admission:
    """Returns an Admission that accepts any host and any number of connections; for tests and benchmarks.

    ``monotonic`` returns seconds.
    """
    everywhere = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))
    return Admission(ConnectionTable(Limits(), monotonic, everywhere), Strangers(largest=1024 * 1024))
