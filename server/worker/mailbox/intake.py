"""Reads the letters that wait in mailboxes; called by the harvest.

headers -> judgement (core.sources.mail) -> whole letter -> taking -> mark in the mailbox

A letter that ends the worker is begun again at most `MOST_TRIES` times, so that it cannot block those behind it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from feeds.download.http import Fetched
from feeds.errors import Refused
from server.core.model import MailSettings, Source
from server.core.sources.mail import address
from server.core.sources.mail.judgement import Envelope, Judgement, judge
from server.core.text_input import cleaned
from server.notifications.mail_answers import REFUSALS
from server.setup import mailbox_passwords
from server.store.announcements import letters
from server.store.announcements.letters import Finished, Letter
from server.store.database.engine import Database
from server.worker.harvest.source_reader import SourceUpdate
from server.worker.mailbox.connection import Folder, Login, opened
from server.worker.mailbox.rules import MailRules
from server.worker.mailbox.taking import LetterTaker
from server.worker.mailbox.words import words_text

log = structlog.get_logger("mailbox")

MOST_AT_ONCE = 50
MOST_TRIES = 3
GRACE = timedelta(days=7)
"""Letters that arrived earlier than this before they would be too old are not even looked at."""
NO_AUTHSERV = "Chưa khai tên máy chủ xác thực, nên chưa nhận thư của ai."
NO_SENDERS = "Chưa khai ai được gửi, nên chưa nhận thư của ai."
NO_PASSWORD = "Chưa có mật khẩu của hộp thư trên máy chủ này."  # noqa: S105 - a sentence
_ANSWERED = ("taken", *REFUSALS)


class MailIntake:
    """Reads mailboxes; one instance serves all threads, each call has its own connection.

    ``data`` is the data folder, with the passwords.
    """

    def __init__(
        self, db: Database, data: Path, taker: LetterTaker, rules: MailRules, clock: Callable[[], datetime]
    ) -> None:
        self._db, self._data, self._taker, self._rules, self._clock = db, data, taker, rules, clock

    def poll(self, source: Source) -> SourceUpdate:
        """Reads the letters that wait, at most `MOST_AT_ONCE`. Raises FeedError and StoreError.

        While the keeper has named no server that authenticates senders, or no sender, the letters stay as they are:
        a letter is read only once, and the trial needs some to find the name.
        """
        settings = settings_of(source)
        with opened(self.login(source)) as folder:
            if warning := _warning(settings):
                return SourceUpdate(Fetched.of_file(source.url), "", complete=True, warning=warning)
            done = letters.finished(self._db, source.slug, folder.validity)
            waiting = self.waiting(folder, settings)
            fresh = [uid for uid in waiting if uid not in done]
            for uid in waiting:  # those were stored, but the worker was killed before it marked them
                if uid in done and folder.keeps_keywords:
                    folder.mark(uid)
            for uid in fresh[:MOST_AT_ONCE]:
                self._read(folder, source, settings, uid)
                folder.mark(uid)
        complete = len(fresh) <= MOST_AT_ONCE
        return SourceUpdate(Fetched.of_file(source.url), "", complete=complete)

    def login(self, source: Source) -> Login:
        """How to reach the mailbox. Raises Refused if its address is wrong or its password is missing."""
        password = mailbox_passwords.password(self._data, source.slug, self._rules.environment)
        if not password:
            raise Refused(NO_PASSWORD, "password")
        try:
            where = address.parsed(source.url)
        except ValueError as error:
            raise Refused(str(error), "address") from error
        user = settings_of(source).user
        return Login(where, user, password, self._rules.allow_private, source.ca_bundle)

    def waiting(self, folder: Folder, settings: MailSettings) -> list[int]:
        """The uids of the letters that wait, without those that arrived long before they would be too old."""
        oldest = self._clock() - timedelta(days=settings.oldest_days) - GRACE
        return folder.waiting(oldest.date())

    def judged(self, letter: Envelope, source: Source) -> Judgement:
        """What becomes of a letter, as far as its headers say."""
        settings = settings_of(source)
        return judge(letter, settings, self._rules.own | {settings.user.lower()}, self._clock())

    def _read(self, folder: Folder, source: Source, settings: MailSettings, uid: int) -> None:
        letter = folder.envelope(uid)
        if letter is None:  # somebody has moved or deleted it meanwhile
            return
        judged = self.judged(letter, source)
        row = letters.begin(self._db, _row(letter, judged.sender, source.slug, (folder.validity, uid), self._clock()))
        if row.reason:
            return
        try:
            self._finish(folder, letter, row, judged, settings)
        except Finished:
            log.info("letter finished by another worker", source=source.slug, uid=uid)

    def _finish(
        self, folder: Folder, letter: Envelope, row: Letter, judged: Judgement, settings: MailSettings
    ) -> None:
        """Takes or refuses a letter. Raises Finished."""
        if judged.answers and letters.was_handled(self._db, row, _ANSWERED):
            self._taker.refuse(row, "duplicate")
        elif judged.reason != "taken" or judged.allowed is None:
            self._taker.refuse(row, judged.reason)
        elif row.tries > MOST_TRIES:
            self._taker.refuse(row, "unreadable")
        elif (raw := folder.letter(row.uid, letter.size)) is not None:
            self._taker.take(raw, row, judged.allowed, settings)


def settings_of(source: Source) -> MailSettings:
    """The settings of a mailbox; those of a source without any accept nobody's mail."""
    return source.mail or MailSettings("")


def subject_of(letter: Envelope) -> str:
    """The subject on one line, at most 500 characters."""
    return " ".join(cleaned(words_text(letter.first("subject"))).split())[:500]


def _row(letter: Envelope, sender: str, source: str, place: tuple[int, int], now: datetime) -> Letter:
    """The row of a letter that is being read; ``place`` is its UIDVALIDITY and its uid."""
    id = letter.first("message-id")[:900]
    if not id:
        id = f"sha256:{hashlib.sha256(repr(letter.headers).encode('utf-8', 'surrogatepass')).hexdigest()}"
    return Letter(source, *place, cleaned(id), sender, subject_of(letter), letter.arrived, now)


def _warning(settings: MailSettings) -> str:
    if not settings.authserv:
        return NO_AUTHSERV
    return "" if settings.senders else NO_SENDERS
