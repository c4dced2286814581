"""A real SMTP server on loopback that keeps the mail it receives; used by tests of mail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.ports import free_port


class Box(Sink):
    """A handler that keeps every message in ``letters``; it refuses khong-ai@example.vn as an unknown address."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if "khong-ai@example.vn" in envelope.rcpt_tos:
            return "550 khong co nguoi nay"
        body = envelope.content if isinstance(envelope.content, bytes) else b""
        letter = message_from_bytes(body, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


@contextmanager
def mailbox(*, utf8: bool = True) -> Iterator[tuple[Box, int]]:
    """Runs the server while the block runs; yields the box and the port.

    ``utf8``: it offers SMTPUTF8 (RFC 6531).
    """
    made = Box()
    server = Controller(made, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=utf8)
    server.start()
    try:
        yield made, server.port
    finally:
        server.stop()
