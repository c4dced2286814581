"""A mail server cannot hold a worker for longer than a job may take."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from feeds.errors import TimedOut, Unreachable
from server.core.sources.mail.address import MailboxAddress
from server.worker.mailbox.connection import Login, opened


@contextmanager
def dripping() -> Iterator[int]:
    """The port of a server that greets without end, a byte at a time, so that no single wait is long."""
    stop = Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError), listening.accept()[0] as connection:
                while not stop.wait(0.01):
                    connection.sendall(b"*")

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        stop.set()
        thread.join()


def login(port: int, ca_bundle: str = "") -> Login:
    address = MailboxAddress("127.0.0.1", port, "INBOX", "starttls")
    return Login(address, "ten", "mat-khau", allow_private=("127.0.0.1",), ca_bundle=ca_bundle)


def test_a_server_that_drips_is_cut_off_when_the_time_of_the_job_is_over() -> None:
    with (
        dripping() as port,
        pytest.raises(TimedOut, match="trả lời quá chậm"),
        opened(login(port), seconds=0.2),
    ):
        pass


def test_a_missing_file_of_authorities_is_named(tmp_path: Path) -> None:
    with (
        dripping() as port,
        pytest.raises(Unreachable, match="ca_bundle"),
        opened(login(port, str(tmp_path / "thieu.pem"))),
    ):
        pass
