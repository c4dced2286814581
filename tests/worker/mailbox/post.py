"""An office with a mailbox on a real IMAP server, and letters for it; used by the tests of mailboxes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from server.core.model import AllowedSender, Announcement, MailSettings, Source
from server.media.importer import file_sandbox
from server.setup import mailbox_passwords
from server.store.announcements import announcements, letters
from server.store.announcements.announcements import Rules
from server.store.announcements.letters import Letter
from server.store.people import messages
from server.store.people.messages import Message
from server.store.sources import sources
from server.worker.harvest.source_reader import SourceUpdate
from server.worker.mailbox.answers import MailAnswers
from server.worker.mailbox.files import FileChecker, TakeDocument
from server.worker.mailbox.intake import MailIntake
from server.worker.mailbox.rules import MailRules
from server.worker.mailbox.taking import LetterTaker
from server.worker.mailbox.trial import MailTrial
from tests.cast import HOUR, NOW
from tests.desk.office import Office
from tests.dovecot import PASSWORD, ImapServer

LAN = "lan@minhtan.vn"
MX = "mx.tinh.vn"
SLUG = "thu-xa"


def letter(
    subject: str = "Mời họp thôn",
    text: str = "19 giờ tối nay, tại nhà văn hóa.\n",
    *,
    sender: str = LAN,
    proof: str | None = None,
    age: timedelta = HOUR,
    id: str = "<thu-1@minhtan.vn>",
    files: tuple[tuple[str, str, bytes], ...] = (),
    **headers: str,
) -> EmailMessage:
    """A letter as the province's mail server has delivered it, with ``proof`` as its Authentication-Results.

    ``files`` are (type, name, content); ``headers`` more headers, "_" for "-" in their names.
    """
    made = EmailMessage()
    domain = sender.rpartition("@")[2].rstrip(">")
    if proof is None:
        proof = f"{MX}; dmarc=pass header.from={domain}"
    if proof:
        made["Authentication-Results"] = proof
    made["From"] = sender
    made["To"] = "bangtin@tinh.vn"
    made["Subject"] = subject
    made["Date"] = format_datetime(NOW - age)
    if id:
        made["Message-ID"] = id
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    if text:
        made.set_content(text)
    for kind, name, content in files:
        main, _, sub = kind.partition("/")
        made.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return made


@dataclass(slots=True)
class Post:
    """The mailbox ``thu-xa`` of the province; Lan of Minh Tân may send to it. Each test has a user of its own."""

    office: Office
    imap: ImapServer
    media: Path
    settings: MailSettings = field(default_factory=lambda: MailSettings("", MX, (AllowedSender(LAN, "xa-minh-tan"),)))
    user: str = field(default_factory=lambda: f"u{secrets.token_hex(6)}")
    program: str = "khong-co-libreoffice"
    take_document: TakeDocument | None = None
    roots: Path | None = None
    answers: bool = True

    def __post_init__(self) -> None:
        self.media.mkdir()
        self.use(self.settings)
        mailbox_passwords.keep(self.office.folder, SLUG, PASSWORD)

    def use(self, settings: MailSettings) -> None:
        """Saves the mailbox with these settings and the login name of this test."""
        self.settings = MailSettings(
            self.user, settings.authserv, settings.senders, settings.oldest_days, settings.shown_days
        )
        made = Source(SLUG, "Thư của các xã", "mail", self.imap.url, area="tinh", mail=self.settings,
                      ca_bundle=str(self.imap.certificate))  # fmt: skip
        sources.save(self.office.db, made, actor="tuan", now=NOW)

    @property
    def source(self) -> Source:
        return sources.get(self.office.db, SLUG)

    @property
    def rules(self) -> MailRules:
        hosts = ("127.0.0.1", "::1", "localhost")
        own = frozenset({"bangtin@tinh.vn"})
        return MailRules(own, self.answers, hosts, Rules(), {}, ZoneInfo("Asia/Ho_Chi_Minh"))

    @property
    def intake(self) -> MailIntake:
        files = FileChecker(self.office.db, self.media, file_sandbox, self.program, self.take_document, self.roots)
        taker = LetterTaker(self.office.db, files, self.rules, self.office.clock)
        return MailIntake(self.office.db, self.office.folder, taker, self.rules, self.office.clock)

    @property
    def trial(self) -> MailTrial:
        return MailTrial(self.intake)

    def put(self, *made: EmailMessage | bytes, at: datetime = NOW) -> None:
        """Puts letters into the mailbox; they arrived at ``at``."""
        for one in made:
            self.imap.put(self.user, one if isinstance(one, bytes) else one.as_bytes(), at)

    def poll(self) -> SourceUpdate:
        return self.intake.poll(self.source)

    def tell(self, *, minutes: float = 1) -> None:
        """Runs the job that answers, by default after the time in which a decision can be undone."""
        self.office.later(minutes=minutes)
        MailAnswers(self.office.db, self.rules, self.office.clock).tick()

    def announcements(self) -> list[Announcement]:
        """What came by mail, oldest first."""
        found = [one for one in announcements.all(self.office.db) if one.created_by.startswith("mail:")]
        return sorted(found, key=lambda one: one.id)

    def letters(self) -> list[Letter]:
        """What is known of the letters, in the order in which they were read."""
        return sorted(letters.of_source(self.office.db, SLUG, most=100), key=lambda one: one.id)

    def reasons(self) -> list[str]:
        return [one.reason for one in self.letters()]

    def mails(self) -> list[Message]:
        """The mails to people who are no users of the desk, oldest first."""
        return [one for one in messages.due(self.office.db, self.office.now) if one.person == ""]
