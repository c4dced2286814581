"""Sends what waits in the outbox of alarms; created by alarms_jobs.

All that waits for a target goes out in one message, so a storm, or a channel that was away for a day, is one message.
A target is served by one thread of one worker at a time; a slow one delays no other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from server.core.duty.pace import PAUSES, ZALO_WITHIN, free_at, retry_after
from server.core.duty.plan import Channel
from server.core.policy import nearest
from server.notifications.alarm_words import TRIAL_SUBJECT, TRIAL_TEXT, Entry, Letter
from server.setup.config import Config
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.duty import alarms, channels, deliveries
from server.store.duty.deliveries import TRIAL, TargetState, Waiting
from server.store.people import messages, people
from server.store.people.messages import Message
from server.worker.deliveries.alarms import duty_plan, words_of
from server.worker.deliveries.key_threads import KeyThreads

log = structlog.get_logger("alarms")
THREADS = 8
REPORTED_AFTER = 3
"""After so many failures in a row the keepers are told at the desk that a channel does not work."""
LONG_FAILURE = timedelta(minutes=30)
"""After such a failure a message says that it is late."""

SendMail = Callable[[str, str, str], str]
"""Sends a mail (address, subject, text); returns "" or why it was not accepted."""


class SendChat(Protocol):
    """Sends a text to a chat; see alarms_chats."""

    def send(self, channel: Channel, text: str) -> tuple[str, timedelta | None]: ...


class AlarmSender:
    """Sends to people by ``mail`` and to channels by ``mail`` or ``chats``; ``mail`` is None without a mail server.

    Without a mail server people are told at the desk only. ``clock`` returns the time as an aware UTC datetime.
    """

    def __init__(
        self, db: Database, config: Config, clock: Callable[[], datetime], mail: SendMail | None, chats: SendChat
    ) -> None:
        self._db, self._config, self._clock = db, config, clock
        self._mail, self._chats = mail, chats
        self._threads = KeyThreads(self._serve, THREADS, "alarms")

    def tick(self) -> None:
        """Starts a task for each target that has something due."""
        self._threads.start(deliveries.ready(self._db, self._clock()))

    def idle(self) -> bool:
        """Whether no thread is sending."""
        return self._threads.idle()

    def close(self) -> None:
        """Waits until the running requests have ended, and ends the threads."""
        self._threads.close()

    def _serve(self, target: str) -> None:
        """Sends one message to a target. If this raises, its claim expires, and the message is sent again."""
        if deliveries.claim(self._db, target, self._clock()):
            self._tell(target)

    def _tell(self, target: str) -> None:
        now = self._clock()
        waiting = deliveries.waiting(self._db, target, now)
        if not waiting:  # another worker has sent it meanwhile; what is held back for quiet hours stays
            deliveries.postpone(self._db, target, now)
            return
        kind, _, key = target.partition(":")
        channel = self._channel(key) if kind == "channel" else None
        address = "" if channel else self._address(key)
        if channel is None and not address:
            deliveries.drop(self._db, target)
            return
        free = self._free_at(channel, target, now)
        if free > now:
            deliveries.postpone(self._db, target, free)
            return
        state = deliveries.states(self._db, [target]).get(target, TargetState(target))
        since = state.failing_since
        letter = self._letter(waiting, since if since and now - since >= LONG_FAILURE else None)
        error, asked = self._send(channel, address, letter)
        now = self._clock()
        if not error:
            pause = PAUSES[channel.kind if channel else "person"]
            deliveries.sent(self._db, target, [one.id for one in waiting], now, now + pause)
            self._settled(channel, state)
            return
        log.warning("alarm not delivered", target=target, reason=error)
        self._report_failure(channel, state)
        deliveries.failed(self._db, target, error, now, now + retry_after(state.failures + 1, asked))

    def _send(self, channel: Channel | None, address: str, letter: Letter) -> tuple[str, timedelta | None]:
        if channel is not None and channel.kind != "mail":
            return self._chats.send(channel, letter.chat)
        if self._mail is None:
            # A person has the message at the desk; a group has nothing else.
            return ("no-mail", None) if channel else ("", None)
        return self._mail(channel.address if channel else address, letter.subject, letter.text), None

    def _letter(self, waiting: Sequence[Waiting], failing_since: datetime | None) -> Letter:
        steps: dict[int, set[str]] = {}
        for one in waiting:
            if one.alarm is not None:
                steps.setdefault(one.alarm, set()).add(one.step)
        found = alarms.named(self._db, steps)
        entries = [Entry(found[id], frozenset(told)) for id, told in steps.items() if id in found]
        if not entries:
            return Letter(TRIAL_SUBJECT, TRIAL_TEXT)
        letter = words_of(self._db, self._config).letter(entries, failing_since)
        tried = any(one.step == TRIAL for one in waiting)
        return Letter(letter.subject, f"{letter.text}\n{TRIAL_TEXT}") if tried else letter

    def _channel(self, key: str) -> Channel | None:
        """The channel, unless it is switched off or gone, or belongs to a person who is not active any more."""
        try:
            found = channels.get(self._db, int(key))
        except NotFound:
            return None
        return None if found.off is not None or (found.person and not self._address(found.person)) else found

    def _address(self, username: str) -> str:
        try:
            person = people.get(self._db, username)
        except NotFound:
            return ""
        return person.email if person.active else ""

    def _free_at(self, channel: Channel | None, target: str, now: datetime) -> datetime:
        if channel is None or channel.kind != "zalo":
            return now
        return free_at(deliveries.sent_since(self._db, target, now - ZALO_WITHIN), now)

    def _report_failure(self, channel: Channel | None, state: TargetState) -> None:
        """Tells the keepers at the desk, once, that a channel does not work."""
        if channel is None or state.failures + 1 != REPORTED_AFTER:
            return
        plan = duty_plan(self._db, self._config)
        told = {one.username for area in channel.areas for one in nearest("keeper", plan.people, area, plan.tree)}
        subject = f"Không báo được qua {channel.name}"
        words = {"name": channel.name}
        made = [
            Message(name, subject, "", channels.link_of(channel.id), kind="duty_channel.failed", words=words)
            for name in sorted(told)
        ]
        messages.tell(self._db, made, self._clock())

    def _settled(self, channel: Channel | None, state: TargetState) -> None:
        if channel is not None and state.failures >= REPORTED_AFTER:
            messages.done(self._db, channels.link_of(channel.id))
