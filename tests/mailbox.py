"""A real SMTP server on loopback that keeps the mail it receives; called by tests of mail."""

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
    """Keeps every message, except those to an address that it refuses as unknown."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - its name there
        if "khong-ai@example.vn" in envelope.rcpt_tos:
            return "550 khong co nguoi nay"
        body = envelope.content if isinstance(envelope.content, bytes) else b""
        letter = message_from_bytes(body, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


@contextmanager
def mailbox() -> Iterator[tuple[Box, int]]:
    """Runs the server for the block; yields the box and the port."""
    made = Box()
    server = Controller(made, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        yield made, server.port
    finally:
        server.stop()
