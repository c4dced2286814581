"""Tells people who posted by mail what became of their announcement; a scheduled job of the worker.

It compares the state of each announcement with what its sender was told last. So each change is told once, whoever
made it and whenever the worker was away, and a step that is undone at once is not told at all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from server.core.areas import AreaTree
from server.core.model import Announcement
from server.core.showing import showing
from server.notifications.mail_answers import decided
from server.store.announcements import announcements, letters
from server.store.announcements.letters import Letter
from server.store.boards import boards
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreError
from server.store.people.messages import Message
from server.store.sources import sources
from server.worker.mailbox.rules import MailRules

log = structlog.get_logger("mailbox")

UNDO = timedelta(seconds=30)
"""A decision is told after this time, because the desk offers to undo it."""


class MailAnswers:
    """Queues the answers; the mailer sends them."""

    def __init__(self, db: Database, rules: MailRules, clock: Callable[[], datetime]) -> None:
        self._db, self._rules, self._clock = db, rules, clock

    def tick(self) -> None:
        """Queues the answers about all announcements whose state has changed."""
        try:
            for letter, one in letters.untold(self._db):
                if not self._is_fresh(one):
                    answers = [self._answer(letter, one)] if self._rules.answers else []
                    letters.tell(self._db, letter, one.state, answers, self._clock())
        except StoreError as error:
            log.error("store unwell", error=str(error))

    def _is_fresh(self, one: Announcement) -> bool:
        decides = one.state in ("approved", "returned")
        return decides and one.decided is not None and self._clock() - UNDO < one.decided <= self._clock()

    def _answer(self, letter: Letter, one: Announcement) -> Message:
        tree = AreaTree(sources.areas(self._db))
        shown = showing(one, boards.all(self._db), tree, self._clock(), self._rules.rules.days_off)
        return decided(one, letter, shown, self._successor(one), self._rules.zone)

    def _successor(self, one: Announcement) -> str:
        """The title of the announcement that took the place of this one; "" if none did."""
        if one.successor is None:
            return ""
        try:
            return announcements.get(self._db, one.successor).title
        except NotFound:
            return ""
