"""Sends due messages through the configured mail server; run by the worker's scheduler, never by a request."""

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

log = structlog.get_logger("mailer")
TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class MailServer:
    """How to reach the mail server; ``desk`` is the desk's origin, which links in messages are relative to."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str = ""
    password: str = ""
    sender: str = ""
    desk: str = ""

    @property
    def shown_sender(self) -> str:
        """The address in the From header."""
        return self.sender or f"bangtin@{self.host}"


class Mailer:
    """Sends due messages; ``trust`` verifies the server's certificate, by default with the system's authorities."""

    def __init__(
        self, db: Database, config: MailServer, clock: Callable[[], datetime], trust: ssl.SSLContext | None = None
    ) -> None:
        self._db, self._config, self._clock = db, config, clock
        self._trust = trust or ssl.create_default_context()

    def tick(self) -> None:
        """Send the messages that are due over one connection; failed ones are retried later."""
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
            # No answer, or the connection broke: messages not marked as sent are retried.
            log.warning("mail server failed", host=self._config.host, error=str(error))
            for message in messages.due(self._db, self._clock()):
                messages.failed(self._db, message.id, str(error), self._clock())

    def _send(self, server: smtplib.SMTP, message: Message) -> None:
        try:
            server.send_message(self._mail(message))
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            messages.failed(self._db, message.id, str(error), self._clock())
        else:
            messages.sent(self._db, message.id)

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._config.shown_sender
        mail["To"] = message.address
        mail["Subject"] = " ".join(message.subject.split())
        mail["Date"] = format_datetime(self._clock())
        mail["Message-ID"] = make_msgid(domain=self._config.shown_sender.rpartition("@")[2])
        mail["Auto-Submitted"] = "auto-generated"
        link = f"\n\n{self._config.desk}{message.link}" if message.link and self._config.desk else ""
        mail.set_content(f"{message.text}{link}\n")
        return mail

    def _connected(self) -> smtplib.SMTP:
        config = self._config
        if config.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                config.host, config.port, timeout=TIMEOUT_SECONDS, context=self._trust
            )
        else:
            server = smtplib.SMTP(config.host, config.port, timeout=TIMEOUT_SECONDS)
        if config.security == "starttls":
            server.starttls(context=self._trust)
        if config.user:
            server.login(config.user, config.password)
        return server
