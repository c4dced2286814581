"""The texts of an alert that are shown, as plain text; called by `wanted`, the worker's trials and the desk.

The words are the sender's own, from which feeds.formats.cap.fields has removed markup and control characters. Nothing
is edited or shortened here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from server.core.alerts.document import Alert, Info
from server.core.alerts.fixed_words import fixed_instruction
from server.core.alerts.languages import language_of
from server.core.alerts.risk import risk_of
from server.core.alerts.rules import AlertRules
from server.core.alerts.times import onset_to_tell, span_of


@dataclass(frozen=True, slots=True)
class ShownText:
    """The texts of one info in one language, plain, with ``\\n`` between lines.

    ``own_words`` is False if the sender of a severe or extreme alert gave no ``instruction``: it then holds fixed
    words for CAP's response codes, which have to be marked as such. ``onset`` is the beginning of the event if it is
    still to come, else None. ``risk`` is the risk level, 1 to 5, 0 for none.
    """

    language: str
    headline: str
    event: str
    description: str
    instruction: str
    own_words: bool
    sender_name: str
    area: str
    issued: datetime
    until: datetime
    onset: datetime | None = None
    risk: int = 0
    drill: bool = False


def plain(text: str) -> str:
    """Returns ``text`` with single blanks between the words of each line; it must not contain markup any more."""
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def one_line(text: str) -> str:
    """Returns ``text`` in one line, with single blanks between words."""
    return " ".join(plain(text).split())


def shown_text(alert: Alert, info: Info, now: datetime, rules: AlertRules) -> ShownText:
    """Returns the texts of ``info`` that are shown. Where the sender gave no headline, the event is the headline."""
    language = language_of(info.language, rules)
    event, instruction = one_line(info.event), plain(info.instruction)
    own_words = bool(instruction) or info.severity.casefold() not in ("severe", "extreme")
    if not own_words:
        instruction = fixed_instruction(info.responses, language)
    return ShownText(
        language=language,
        headline=one_line(info.headline) or event,
        event=event,
        description=plain(info.description),
        instruction=instruction,
        own_words=own_words,
        sender_name=one_line(info.sender_name) or one_line(alert.sender),
        area="; ".join(dict.fromkeys(filter(None, (one_line(area.description) for area in info.areas)))),
        issued=alert.sent,
        until=span_of(alert, info, rules).until,
        onset=onset_to_tell(info, now),
        risk=risk_of(info, rules),
        drill=alert.status == "Exercise",
    )


def linked(web: str, hosts: Iterable[str]) -> str:
    """Returns the address ``web`` of an info if a QR code may lead there, else "".

    A QR code may lead to https on one of ``hosts`` or on a subdomain of one.
    """
    address = web.strip()
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""
    if parts.scheme != "https" or parts.username is not None or not host:
        return ""
    allowed = (one.casefold().rstrip(".") for one in hosts)
    return address if any(host == one or host.endswith(f".{one}") for one in allowed if one) else ""
