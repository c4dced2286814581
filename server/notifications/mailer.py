"""Sends what waits in the outbox by the mail server of config; run by the worker's metronome, never by a request."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Literal

import structlog

from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.people import messages
from server.store.people.messages import Message

log = structlog.get_logger("postman")
SECONDS = 20


@dataclass(frozen=True, slots=True)
class MailServer:
    """The mail server. ``password`` is read from its file by whoever makes this; ``desk`` is the desk's origin."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str = ""
    password: str = ""
    sender: str = ""
    desk: str = ""

    @property
    def shown_sender(self) -> str:
        return self.sender or f"bangtin@{self.host}"


class Mailer:
    """``trust`` is what certificates are checked by; tests hand in one that knows their own."""

    def __init__(
        self, db: Database, office: MailServer, clock: Callable[[], datetime], trust: ssl.SSLContext | None = None
    ) -> None:
        self._db, self._office, self._clock = db, office, clock
        self._trust = trust or ssl.create_default_context()

    def beat(self) -> None:
        """Send what is due, over one connection; what fails is tried again later."""
        try:
            due = messages.due(self._db, self._clock())
            if due:
                self._deliver(due)
        except StoreError as error:
            log.error("store unwell", error=str(error))

    def _deliver(self, due: tuple[Message, ...]) -> None:
        try:
            with self._connected() as server:
                for message in due:
                    self._send(server, message)
        except (OSError, smtplib.SMTPException) as error:
            # Nobody answered, or the connection broke: what is not marked as sent waits for its next time.
            log.warning("mail server failed", host=self._office.host, error=str(error))
            for message in messages.due(self._db, self._clock()):
                messages.failed(self._db, message.id, str(error), self._clock())

    def _send(self, server: smtplib.SMTP, message: Message) -> None:
        try:
            server.send_message(self._letter(message))
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            messages.failed(self._db, message.id, str(error), self._clock())
        else:
            messages.sent(self._db, message.id)

    def _letter(self, message: Message) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = self._office.shown_sender
        letter["To"] = message.address
        letter["Subject"] = " ".join(message.subject.split())
        letter["Date"] = format_datetime(self._clock())
        letter["Message-ID"] = make_msgid(domain=self._office.shown_sender.rpartition("@")[2])
        letter["Auto-Submitted"] = "auto-generated"
        there = f"\n\n{self._office.desk}{message.link}" if message.link and self._office.desk else ""
        letter.set_content(f"{message.text}{there}\n")
        return letter

    def _connected(self) -> smtplib.SMTP:
        office = self._office
        if office.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(office.host, office.port, timeout=SECONDS, context=self._trust)
        else:
            server = smtplib.SMTP(office.host, office.port, timeout=SECONDS)
        if office.security == "starttls":
            server.starttls(context=self._trust)
        if office.user:
            server.login(office.user, office.password)
        return server
