"""Refuses connections to private network addresses (against SSRF); used by feeds.download and the worker.

A host name is resolved once, and the connection goes to the address that was checked, so DNS rebinding (a different
address at the second resolution) has no effect. TLS still checks the certificate against the host name.
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
"""Resolves (host, port) to IP addresses as text; raises OSError if the name is unknown."""

Trace = Callable[[str, object], None]
"""Is called with the name of an event, a stage followed by ".started" or ".complete", and with its details."""

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
    """Returns the IP addresses of ``host``, by the operating system's resolver.

    The resolver also accepts unusual spellings of an IP address as ``host``, such as an integer.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


def ignore(event: str, info: object) -> None:
    """Does nothing; the default of the parameter ``trace``, which is called at each stage of a request."""


def embedded_ipv4(address: str) -> _Address:
    """Parses ``address``; if it is an IPv6 address that embeds an IPv4 address, returns the IPv4 one.

    Raises ValueError.
    """
    parsed = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        for network, below in _EMBEDDING:
            if parsed in network:
                return ipaddress.IPv4Address((int(parsed) >> below) & 0xFFFFFFFF)
    return parsed


def is_global(address: _Address) -> bool:
    """Returns whether ``address`` is on the public internet: not private, shared (100.64/10), reserved, multicast."""
    if any(address.version == network.version and address in network for network in _NEVER_GLOBAL):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def is_allowed(host: str, address: _Address, allow: Iterable[str]) -> bool:
    """Returns whether an entry of ``allow`` exempts ``host``, which has ``address``, from the check of `is_global`.

    The entries are host names, addresses or networks.
    """
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
    """The time at which a whole fetch must have ended; ``at`` is in monotonic seconds.

    It limits every wait of the fetch, however many there are.
    """

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """Returns the deadline that is ``seconds`` from now."""
        return cls(monotonic() + seconds)

    def left(self) -> float:
        """Returns the remaining seconds, more than 0. Raises TimedOut when the deadline has passed."""
        seconds = self.at - monotonic()
        if seconds <= 0:
            raise TimedOut("Máy chủ nguồn trả lời quá chậm.", "timeout")
        return seconds

    def bound(self, timeout: float | None) -> float:
        """Returns the smaller of ``timeout`` (None: no limit) and the remaining seconds. Raises TimedOut."""
        return min(self.left(), timeout) if timeout is not None else self.left()


class GuardedStream(httpcore.NetworkStream):
    """An httpcore stream in which every wait ends at the deadline.

    A method raises httpcore's timeout error if the deadline passes while it waits, TimedOut if it passed before.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Like httpcore's ``read``, but waits at most until the deadline."""
        return self._stream.read(max_bytes, self._deadline.bound(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Like httpcore's ``write``, but waits at most until the deadline."""
        self._stream.write(buffer, self._deadline.bound(timeout))

    def close(self) -> None:
        """Closes the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Starts TLS on this connection; returns the encrypted stream, which has the same deadline."""
        inner = self._stream.start_tls(ssl_context, server_hostname, self._deadline.bound(timeout))
        return GuardedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> object:
        """Returns the inner stream's value for ``info``, such as "ssl_object"; see httpcore."""
        return self._stream.get_extra_info(info)


@dataclass
class GuardedBackend(httpcore.NetworkBackend):
    """An httpcore network backend that connects only to global addresses and to those in ``allow``."""

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
        """Connects to the first address of ``host`` that accepts the connection.

        Raises Refused if an address is neither global nor in ``allow``, Unreachable if the name is unknown or no
        address accepts, TimedOut at the deadline.
        """
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
        """Returns the addresses of ``host``, all of them allowed.

        Raises Unreachable for an unknown name, TimedOut at the deadline, and Refused if one of the addresses is
        forbidden, even if the others are allowed: a private address among public ones indicates an attack.
        """
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
        """Returns the addresses of ``host``, resolved in a separate thread, because that cannot be interrupted.

        Raises TimedOut at ``deadline``, Unreachable for an unknown name.
        """
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
            raise Unreachable(f"Không tìm thấy máy chủ {host}. Hãy kiểm tra lại địa chỉ.", "dns") from None
        return answer
