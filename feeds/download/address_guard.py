"""Decides which addresses may be connected to, and connects to no others; used by feeds.download.http.

A name is resolved once, and the connection goes to the very address that was checked, so a name that resolves
differently the second time (DNS rebinding) gains nothing. TLS still checks the certificate against the name.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from ssl import SSLContext
from time import monotonic

import httpcore

from feeds.errors import Refused, TimedOut, Unreachable

Resolve = Callable[[str, int], Sequence[str]]
"""(host, port) -> addresses; raises OSError where the name is unknown."""

Trace = Callable[[str, object], None]
"""(name of a stage with "started" or "complete", its details)."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# IPv6 ranges that embed an IPv4 address: (range, number of bits below the address).
_EMBEDDING = (
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
)
_NEVER_GLOBAL = (
    ipaddress.IPv6Network("64:ff9b:1::/48"),
    ipaddress.IPv6Network("2001::/32"),
    ipaddress.IPv4Network("192.88.99.0/24"),
)


def system_resolve(host: str, port: int) -> Sequence[str]:
    """The operating system's resolver, which also accepts integers and other unusual spellings of addresses."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


def ignore(event: str, info: object) -> None:
    """A trace function that does nothing."""


def embedded_ipv4(address: str) -> _Address:
    """``address`` parsed; an IPv4 address that is embedded in IPv6 is extracted. Raises ValueError."""
    parsed = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        for network, below in _EMBEDDING:
            if parsed in network:
                return ipaddress.IPv4Address((int(parsed) >> below) & 0xFFFFFFFF)
    return parsed


def is_global(address: _Address) -> bool:
    """Whether ``address`` is on the public internet: not private, shared (100.64/10), reserved or multicast."""
    if any(address.version == network.version and address in network for network in _NEVER_GLOBAL):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def is_allowed(host: str, address: _Address, allow: Iterable[str]) -> bool:
    """Whether one of ``allow`` (host names, addresses or networks) exempts ``address`` of ``host`` from the check."""
    for exception in allow:
        try:
            network = ipaddress.ip_network(exception, strict=False)
        except ValueError:
            if exception.lower() == host.lower().rstrip("."):
                return True
        else:
            if address.version == network.version and address in network:
                return True
    return False


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point on the monotonic clock that limits every wait, so that many short waits cannot add up."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The deadline in ``seconds`` from now."""
        return cls(monotonic() + seconds)

    def left(self) -> float:
        """Remaining seconds, more than 0. Raises TimedOut when none are left."""
        seconds = self.at - monotonic()
        if seconds <= 0:
            raise TimedOut("Máy chủ nguồn trả lời quá chậm.", "timeout")
        return seconds

    def bound(self, timeout: float | None) -> float:
        """``timeout``, shortened to the remaining seconds. Raises TimedOut."""
        return min(self.left(), timeout) if timeout is not None else self.left()


class GuardedStream(httpcore.NetworkStream):
    """An httpcore stream in which every wait ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Like httpcore's ``read``, at most until the deadline."""
        return self._stream.read(max_bytes, self._deadline.bound(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Like httpcore's ``write``, at most until the deadline."""
        self._stream.write(buffer, self._deadline.bound(timeout))

    def close(self) -> None:
        """Closes the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The TLS stream over this one, with the same deadline."""
        inner = self._stream.start_tls(ssl_context, server_hostname, self._deadline.bound(timeout))
        return GuardedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> object:
        """Passed on unchanged to the inner stream."""
        return self._stream.get_extra_info(info)


@dataclass
class GuardedBackend(httpcore.NetworkBackend):
    """An httpcore network backend that connects to checked addresses only; ``allow`` lists the exceptions."""

    deadline: Deadline
    resolve: Resolve = system_resolve
    allow: Sequence[str] = ()
    inner: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)
    trace: Trace = ignore

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Raises Refused for an address that is not global, Unreachable if none answers, TimedOut."""
        connecting = Deadline.after(self.deadline.bound(timeout))
        failure: httpcore.NetworkError | httpcore.TimeoutException | None = None
        for address in self._checked(host, port, connecting):
            try:
                stream = self.inner.connect_tcp(address, port, connecting.left(), local_address, socket_options)
                return GuardedStream(stream, self.deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        if isinstance(failure, httpcore.ConnectTimeout):
            raise TimedOut("Không kết nối được với máy chủ nguồn trong thời gian cho phép.", "timeout") from failure
        raise Unreachable("Không kết nối được với máy chủ nguồn.", "connect") from failure

    def _checked(self, host: str, port: int, deadline: Deadline) -> list[str]:
        """The addresses of ``host``. A single forbidden one refuses them all: it is not there by accident."""
        self.trace("guard.resolve.started", host)
        addresses = list(dict.fromkeys(self._addresses(host, port, deadline)))
        self.trace("guard.resolve.complete", addresses)
        for address in addresses:
            try:
                parsed = embedded_ipv4(address)
            except ValueError as error:
                raise Unreachable(f"Tên máy {host} có địa chỉ không hợp lệ.", "dns") from error
            if not is_global(parsed) and not is_allowed(host, parsed, self.allow):
                raise Refused(f"Địa chỉ {host} thuộc mạng nội bộ nên không được phép truy cập.", "private-address")
        return addresses

    def _addresses(self, host: str, port: int, deadline: Deadline) -> Sequence[str]:
        try:
            return [str(ipaddress.ip_address(host))]
        except ValueError:
            return self._resolved(host, port, deadline)

    def _resolved(self, host: str, port: int, deadline: Deadline) -> Sequence[str]:
        """Resolves in a separate thread, because the resolver's own time limits may be longer than ours."""
        answers: queue.SimpleQueue[Sequence[str] | OSError | UnicodeError] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self.resolve(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        threading.Thread(target=ask, name="resolve", daemon=True).start()
        try:
            answer = answers.get(timeout=deadline.left())
        except queue.Empty:
            raise TimedOut(f"Không tra được tên máy {host} trong thời gian cho phép.", "timeout") from None
        if isinstance(answer, (OSError, UnicodeError)) or not answer:
            raise Unreachable(f"Không tìm thấy máy chủ {host}.", "dns") from None
        return answer
