"""Sends due messages through the configured mail server; made by processes.worker, whose scheduler runs it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
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

Failure = Literal["recipient", "smtputf8", "address", "login", "server", "other"]
"""Why a mail was not sent.

``recipient``: the mail server refused the recipient or the mail. ``smtputf8``: the address is not ASCII and the
server does not offer SMTPUTF8. ``address``: the address is not valid. ``login``: the server refused our login or
sender. ``server``: the connection failed. ``other``: any other error.
"""
# Failures of one message, after which the connection can be used for the next one.
_OF_THIS_MESSAGE = (
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPNotSupportedError,
    MessageError,
    ValueError,
    IndexError,
)
_KINDS: tuple[tuple[Failure, tuple[type[Exception], ...]], ...] = (
    ("recipient", (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)),
    ("login", (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused)),
    ("smtputf8", (smtplib.SMTPNotSupportedError,)),
    ("address", (MessageError, ValueError, IndexError)),
    ("server", (OSError,)),
)


@dataclass(frozen=True, slots=True)
class MailServer:
    """The mail server's address and login.

    ``sender`` is the address in the From header, "" for the default. ``desk`` is the origin (https://host) that is
    put before links in messages; without it, messages have no links.
    """

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str = ""
    password: str = ""
    sender: str = ""
    desk: str = ""

    @property
    def shown_sender(self) -> str:
        """Returns the address in the From header: ``sender``, or bangtin@HOST if that is ""."""
        return self.sender or f"bangtin@{self.host}"


class Mailer:
    """Sends the messages in the store that are due.

    ``clock`` returns the time as an aware UTC datetime. ``trust`` is the TLS context that verifies the mail server's
    certificate, by default with the system's certificate authorities.
    """

    def __init__(
        self, db: Database, config: MailServer, clock: Callable[[], datetime], trust: ssl.SSLContext | None = None
    ) -> None:
        self._db, self._config, self._clock = db, config, clock
        self._trust = trust or ssl.create_default_context()

    def tick(self) -> None:
        """Sends the messages that are due over one connection; messages that failed are due again later."""
        try:
            due = messages.due(self._db, self._clock())
            if due:
                self._deliver(due)
        except StoreError as error:
            log.error("store unwell", error=str(error))

    def send_one(self, address: str, subject: str, text: str) -> str:
        """Sends one mail at once, without the store; returns "" or why it was not accepted, as "KIND: answer"."""
        try:
            with self._connected() as server:
                mail = self._mail(Message("", subject, text, "", address), utf8=server.has_extn("smtputf8"))
                server.send_message(mail)
        except (*_OF_THIS_MESSAGE, smtplib.SMTPException, OSError) as error:
            log.warning("mail failed", address=address, error=f"{why(error)}: {said(error)}")
            return f"{why(error)}: {said(error)}"
        return ""

    def _deliver(self, due: tuple[Message, ...]) -> None:
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            log.warning("mail server failed", host=self._config.host, error=str(error))
            for message in due:
                self._failed(message, error)
            return
        with server:
            for message in due:
                if not self._send(server, message):
                    return  # the connection broke: the other messages are still due and are sent by the next tick

    def _send(self, server: smtplib.SMTP, message: Message) -> bool:
        """Sends one message and stores the result; returns False if the connection cannot be used any more."""
        try:
            server.send_message(self._mail(message, utf8=server.has_extn("smtputf8")))
        except (*_OF_THIS_MESSAGE, smtplib.SMTPException, OSError) as error:
            self._failed(message, error)
            return isinstance(error, _OF_THIS_MESSAGE)
        messages.sent(self._db, message.id)
        return True

    def _failed(self, message: Message, error: Exception) -> None:
        reason = f"{why(error)}: {said(error)}"
        log.warning("mail failed", address=message.address, error=reason)
        messages.failed(self._db, message.id, reason, self._clock())

    def _mail(self, message: Message, *, utf8: bool) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._config.shown_sender
        mail["To"] = message.address if utf8 else _with_ascii_domain(message.address)
        mail["Subject"] = " ".join(message.subject.split())
        mail["Date"] = format_datetime(self._clock())
        mail["Message-ID"] = make_msgid(domain=self._config.shown_sender.rpartition("@")[2])
        mail["Auto-Submitted"] = "auto-replied" if message.in_reply_to else "auto-generated"
        if message.in_reply_to:
            mail["In-Reply-To"] = mail["References"] = message.in_reply_to
            mail["X-Auto-Response-Suppress"] = "All"  # Exchange: no out-of-office reply to this answer
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


def why(error: Exception) -> Failure:
    """Returns which kind of failure ``error`` is; the desk shows a sentence for each kind."""
    for kind, errors in _KINDS:
        if isinstance(error, errors):
            return kind
    return "other"


def said(error: Exception) -> str:
    """Returns the mail server's answer, such as "550 no such user"; for other errors, the text of ``error``."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(answer)}" for code, answer in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error)


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer


def _with_ascii_domain(address: str) -> str:
    """Returns the address with its domain in ASCII (RFC 5890), for a server without SMTPUTF8.

    Returns the address unchanged if its domain has no ASCII form.
    """
    name, at, domain = address.rpartition("@")
    try:
        return f"{name}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return address
