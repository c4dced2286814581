"""Network namespaces in which tests run servers as on machines of their own; their links can be cut and slowed.

Each host has a namespace with one link to a switch (a bridge), which has a namespace too. So nothing of the machine's
own network changes, and what is removed with the namespaces is all that there was. Needs Linux, iproute2 and root.
"""

from __future__ import annotations

import ctypes
import http.client
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.station import PATIENCE, Station

NAMESPACES = Path("/run/netns")
NETWORK = "198.18.77"  # of 198.18.0.0/15, which RFC 2544 reserves for tests
PREFIX = "bangtin"
_NEW_NETWORK = 0x40000000  # CLONE_NEWNET
_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Host:
    """A namespace with one address and one link to the switch."""

    name: str
    namespace: str
    switch: str
    address: str

    @property
    def port(self) -> str:
        """The end of the link at the switch."""
        return f"to-{self.name}"

    def cut(self) -> None:
        """Nothing passes the link any more, in neither direction; established connections are not closed."""
        _run("ip", "-n", self.switch, "link", "set", self.port, "down")

    def slow(self, kbit: int) -> None:
        """The link passes so many kilobits a second in each direction, and is whole if it was cut."""
        shaped = ("root", "tbf", "rate", f"{kbit}kbit", "burst", "4kb", "latency", "1s")
        _run("tc", "-n", self.switch, "qdisc", "replace", "dev", self.port, *shaped)
        _run("tc", "-n", self.namespace, "qdisc", "replace", "dev", "uplink", *shaped)
        _run("ip", "-n", self.switch, "link", "set", self.port, "up")

    def heal(self) -> None:
        """The link is whole and as fast as at first."""
        for namespace, device in ((self.switch, self.port), (self.namespace, "uplink")):
            if "tbf" in _run("tc", "-n", namespace, "qdisc", "show", "dev", device):
                _run("tc", "-n", namespace, "qdisc", "del", "dev", device, "root")
        _run("ip", "-n", self.switch, "link", "set", self.port, "up")


@contextmanager
def hosts(*names: str) -> Iterator[tuple[Host, ...]]:
    """Namespaces for the hosts of these names (at most 8 letters), on one switch, while the block runs.

    Fails the test without root or iproute2. Removes namespaces that a killed run has left.
    """
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "tc", "nsenter"))):
        pytest.fail("needs root and iproute2 (apt-get install iproute2) to make network namespaces", pytrace=False)
    _remove_left()
    own = f"{PREFIX}-{os.getpid()}"
    switch = f"{own}-switch"
    with ExitStack() as stack:
        _add(stack, switch)
        _run("ip", "-n", switch, "link", "add", "bridge", "type", "bridge")
        _run("ip", "-n", switch, "link", "set", "bridge", "up")
        made = []
        for number, name in enumerate(names, start=1):
            host = Host(name, f"{own}-{name}", switch, f"{NETWORK}.{number}")
            _add(stack, host.namespace)
            _join(host)
            made.append(host)
        yield tuple(made)


def _add(stack: ExitStack, namespace: str) -> None:
    _run("ip", "netns", "add", namespace)
    stack.callback(_run, "ip", "netns", "del", namespace)
    _run("ip", "-n", namespace, "link", "set", "lo", "up")


def _join(host: Host) -> None:
    peer = ("peer", "name", "uplink", "netns", host.namespace)
    _run("ip", "-n", host.switch, "link", "add", host.port, "type", "veth", *peer)
    _run("ip", "-n", host.switch, "link", "set", host.port, "master", "bridge", "up")
    _run("ip", "-n", host.namespace, "address", "add", f"{host.address}/24", "dev", "uplink")
    _run("ip", "-n", host.namespace, "link", "set", "uplink", "up")


def _remove_left() -> None:
    """Removes the namespaces of test processes that do not run any more."""
    for path in NAMESPACES.glob(f"{PREFIX}-*-*"):
        process = path.name.split("-")[1]
        if process.isdigit() and not Path("/proc", process).exists():
            _run("ip", "netns", "del", path.name)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


@contextmanager
def within(namespace: str) -> Iterator[None]:
    """This thread is in the namespace while the block runs; sockets that it makes stay there."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/proc/thread-self/ns/net").open("rb") as home, (NAMESPACES / namespace).open("rb") as there:

        def enter(file: int) -> None:
            if libc.setns(file, _NEW_NETWORK):
                raise OSError(ctypes.get_errno(), f"no way into {namespace}")

        enter(there.fileno())
        try:
            yield
        finally:
            enter(home.fileno())


class _Connection(http.client.HTTPConnection):
    """An HTTP connection to a server on loopback of a namespace."""

    def __init__(self, namespace: str, port: int) -> None:
        super().__init__("127.0.0.1", port, timeout=PATIENCE)
        self._namespace = namespace

    def connect(self) -> None:
        with within(self._namespace):
            super().connect()


@dataclass(slots=True)
class RemoteStation(Station):
    """A station whose server and worker run in the namespace of ``host``.

    ``environment`` is added to that of its processes.
    """

    host: Host | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        assert self.host is not None
        return f"http://{self.host.address}:{self.port}"

    def _launch(self, *arguments: str) -> list[str]:
        assert self.host is not None
        return ["nsenter", f"--net={NAMESPACES / self.host.namespace}", "--", *Station._launch(self, *arguments)]

    def _environment(self) -> dict[str, str]:
        return Station._environment(self) | self.environment

    def _connection(self) -> http.client.HTTPConnection:
        assert self.host is not None
        return _Connection(self.host.namespace, self.port)
