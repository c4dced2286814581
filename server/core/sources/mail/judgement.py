"""Decides from a letter's headers whether it is taken, refused, or ignored; called by worker.mailbox.

Nothing else of a letter is fetched before it is decided here that it is taken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from server.core.model import AllowedSender, MailSettings
from server.core.sources.mail.authentication import Fault, fault
from server.core.sources.mail.sender import Unclear, sender

MEBIBYTE = 2**20
LARGEST = 25 * MEBIBYTE
"""The largest letter that is fetched, in bytes; with base64, files of 18 MB fit in."""
_AHEAD = timedelta(days=1)
_SELDOM = ("bulk", "junk", "list", "auto_reply")

Reason = Literal[
    "taken", "loop", "from", Fault, "not-listed", "stale", "too-large", "duplicate", "empty", "unreadable", "winmail",
    "not-shown", "document", "document-refused",
]  # fmt: skip
"""What became of a letter, and why.

``taken``: it became an announcement. ``loop``: a machine wrote it, or this server itself. ``from``: no clear sender.
``not-listed``: the sender is not on the list. ``stale``: too old, or dated in the future. ``too-large``: it was not
fetched. ``duplicate``: it was taken before. ``empty``: it has neither text nor a usable file. ``unreadable``: it
cannot be parsed. ``winmail``: it has nothing but a winmail.dat. ``not-shown``: no board could show it.
``document``: it brought an edXML document, which has a way of its own; ``document-refused``: which was refused.
"""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is fetched first of a letter: its headers in order, topmost first, its size in bytes and when it arrived.

    ``headers`` are pairs of (name in lower case, value).
    """

    headers: tuple[tuple[str, str], ...]
    size: int
    arrived: datetime

    def all(self, name: str) -> tuple[str, ...]:
        """The values of all headers with this name (in lower case)."""
        return tuple(value for found, value in self.headers if found == name)

    def first(self, name: str) -> str:
        """The value of the first header with this name, "" if there is none."""
        return next(iter(self.all(name)), "").strip()


@dataclass(frozen=True, slots=True)
class Judgement:
    """``reason`` "taken" means that the letter may become an announcement. ``sender`` is "" if it is not clear.

    ``allowed`` is the entry of the list that fits the sender. ``answers``: the sender is authenticated and on the
    list, so he may be told; nobody else ever gets an answer.
    """

    reason: Reason
    sender: str = ""
    allowed: AllowedSender | None = None
    answers: bool = False


def judge(letter: Envelope, settings: MailSettings, own: Collection[str], now: datetime) -> Judgement:
    """Judges a letter by its headers. ``own`` are addresses of this server, in lower case."""
    try:
        address = sender(letter.all("from"))
    except Unclear:
        return Judgement("loop" if is_automatic(letter) else "from")
    if is_automatic(letter) or address in own:
        return Judgement("loop", address)
    unproven = fault(letter.all("authentication-results"), settings.authserv, address.rpartition("@")[2])
    if unproven is not None:
        return Judgement(unproven, address)
    allowed = allowed_sender(settings.senders, address)
    if allowed is None:
        return Judgement("not-listed", address)
    if is_stale(letter, settings.oldest_days, now):
        return Judgement("stale", address, allowed)
    if letter.size > LARGEST:
        return Judgement("too-large", address, allowed, answers=True)
    return Judgement("taken", address, allowed, answers=True)


def allowed_sender(senders: Iterable[AllowedSender], address: str) -> AllowedSender | None:
    """The entry for ``address``, else that for its domain; None if there is neither."""
    by_address = {one.address: one for one in senders}
    return by_address.get(address) or by_address.get(f"@{address.rpartition('@')[2]}")


def is_automatic(letter: Envelope) -> bool:
    """True if a machine wrote the letter: an answer of ours, an out-of-office reply, a bounce, a mailing list."""
    submitted = letter.first("auto-submitted").partition(";")[0].strip().lower()
    marks = ("list-id", "list-post", "x-loop", "x-autoreply", "x-autorespond")
    return (
        submitted not in ("", "no")
        or letter.first("precedence").lower() in _SELDOM
        or any(letter.all(name) for name in marks)
        or letter.first("return-path") == "<>"
        or letter.first("content-type").lower().startswith("multipart/report")
    )


def is_stale(letter: Envelope, days: int, now: datetime) -> bool:
    """True if the letter was written or arrived more than ``days`` ago, or claims to be from the future.

    A letter without a readable date counts as old.
    """
    written = written_at(letter.all("date"))
    if written is None:
        return True
    oldest = now - timedelta(days=days)
    return min(written, letter.arrived) < oldest or written > now + _AHEAD


def written_at(headers: Sequence[str]) -> datetime | None:
    """The time in the one header Date, in UTC; None if there are several or it cannot be read."""
    if len(headers) != 1 or len(headers[0]) > 200:
        return None
    try:
        found = parsedate_to_datetime(headers[0])
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
