"""What reading mailboxes takes from the configuration; made by processes.worker_exchange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.store.announcements.announcements import Rules


@dataclass(frozen=True, slots=True)
class MailRules:
    """The configuration of reading mailboxes.

    ``own`` are addresses of this server (lower case), whose mail is never taken. ``answers`` is False if no mail can
    be sent. ``allow_private`` are private hosts that may be contacted, ``rules`` those on announcements.
    ``environment`` may hold passwords of mailboxes. Times in answers are in ``zone``.
    """

    own: frozenset[str]
    answers: bool
    allow_private: tuple[str, ...]
    rules: Rules
    environment: Mapping[str, str]
    zone: ZoneInfo
