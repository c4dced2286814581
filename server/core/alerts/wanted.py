"""Computes the notices that the alerts of one source need at an instant; called by worker, desk and `reconciling`.

alerts in force and drafts, each with the boards it concerns
    -> translations left out -> infos by the board's language -> level now -> one `Wanted` for each info and level,
       with all boards that show it
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from server.core.alerts.document import Alert, Key
from server.core.alerts.languages import chosen, parallels_of, without_translations
from server.core.alerts.levels import AlertLevel, Phase, phases_of
from server.core.alerts.moments import from_moment
from server.core.alerts.origin import origin_of
from server.core.alerts.placement import Match
from server.core.alerts.rules import AlertRules
from server.core.alerts.texts import ShownText, linked, shown_text
from server.core.alerts.threats import threat_of
from server.core.alerts.times import tells_the_end
from server.core.model import SYSTEM, Board, Level, Notice
from server.core.times import LAST_YEAR

LEVEL_OF: Mapping[AlertLevel, Level] = {"slide": "normal", "priority": "priority", "urgent": "urgent"}
_BREAK = re.compile(r"(?<=[.!?…])\s+|\n+")
_FIXED_WORDS = {"vi": "(hướng dẫn chung)", "en": "(general advice)"}


@dataclass(frozen=True, slots=True)
class Reach:
    """The boards of one language that the same infos of an alert concern; ``boards`` are their slugs."""

    language: str
    matches: tuple[Match, ...]
    boards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An alert that may be shown, from ``since`` on at the earliest; ``live`` is False for a draft.

    ``reach`` has the boards that it concerns (`reach_of`). ``hidden`` has (info, slug of a board) for each notice of
    it that an editor took off or discarded.
    """

    alert: Alert
    since: datetime
    live: bool
    reach: tuple[Reach, ...]
    hidden: frozenset[tuple[int, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A notice that should exist for info number ``info`` of the document ``key``; the id of ``notice`` is 0."""

    key: Key
    info: int
    notice: Notice


def reach_of(matches: Mapping[str, tuple[Match, ...]], boards: Mapping[str, Board]) -> tuple[Reach, ...]:
    """Groups ``matches`` (slug of a board -> infos) by language of the boards and by infos.

    A board that is not in ``boards`` is left out.
    """
    found: dict[tuple[str, tuple[Match, ...]], list[str]] = {}
    for slug, infos in matches.items():
        board = boards.get(slug)
        if board is not None:
            found.setdefault((board.language, infos), []).append(slug)
    return tuple(Reach(language, infos, tuple(slugs)) for (language, infos), slugs in found.items())


def wanted_of(
    candidates: Iterable[Candidate], boards: Mapping[str, Board], now: datetime, rules: AlertRules
) -> tuple[Wanted, ...]:
    """Returns the notices for the alerts of one source at ``now``, in the order of ``candidates``.

    ``boards`` maps slugs to all boards.
    """
    listed = tuple(candidates)
    kept = _kept_by_language(listed, {board.language for board in boards.values()}, rules)
    return tuple(
        one
        for candidate in listed
        for one in _of_candidate(candidate, _shown(candidate, kept, rules), boards, now, rules)
    )


def _kept_by_language(
    candidates: Iterable[Candidate], languages: Collection[str], rules: AlertRules
) -> dict[str, frozenset[Key]]:
    """Returns language of boards -> keys of the alerts from which notices are made for boards in this language.

    All drafts are kept; they become notices that wait for an editor. Of live alerts that are translations of each
    other, only those in the language that is chosen for these boards are kept.
    """
    listed = tuple(candidates)
    live = [one.alert for one in listed if one.live]
    drafts = frozenset(one.alert.key for one in listed if not one.live)
    return {
        language: drafts | {alert.key for alert in without_translations(live, language, rules)}
        for language in languages
    }


_Shown = dict[tuple[int, AlertLevel], list[str]]


def _shown(candidate: Candidate, kept: Mapping[str, frozenset[Key]], rules: AlertRules) -> _Shown:
    """Returns (index of an info, highest level that the info's place allows) -> slugs of the info's boards.

    ``kept`` maps a board's language to the keys of the alerts that boards in this language get.
    """
    found: _Shown = {}
    for group in candidate.reach:
        if candidate.alert.key not in kept[group.language]:
            continue
        at_most = {match.info: match.at_most for match in group.matches}
        for page in chosen(candidate.alert, at_most, group.language, rules):
            for info in page.infos:
                slugs: Iterable[str] = group.boards
                if candidate.hidden:
                    slugs = [slug for slug in slugs if (info, slug) not in candidate.hidden]
                found.setdefault((info, at_most[info]), []).extend(slugs)
    return {shown: slugs for shown, slugs in found.items() if slugs}


def _of_candidate(
    candidate: Candidate, shown: _Shown, boards: Mapping[str, Board], now: datetime, rules: AlertRules
) -> list[Wanted]:
    by_level: dict[tuple[int, Phase], list[str]] = {}
    for (number, at_most), slugs in shown.items():
        phase = _phase(candidate, number, at_most, now, rules)
        if phase is not None:
            by_level.setdefault((number, phase), []).extend(slugs)
    return [
        Wanted(candidate.alert.key, number, _notice(candidate, number, phase, slugs, boards, now, rules))
        for (number, phase), slugs in sorted(by_level.items(), key=lambda item: (item[0][0], item[0][1].level))
    ]


def _phase(candidate: Candidate, number: int, at_most: AlertLevel, now: datetime, rules: AlertRules) -> Phase | None:
    """Returns the level of an info at ``now``, until the info's end; None if the info is not shown then.

    A draft has the level with which it would begin. Its time on the whole screen has not begun, so it has no
    ``holds_until``, unless it would fill the screen to the end of its level.
    """
    alert, info = candidate.alert, candidate.alert.infos[number]
    parallels = parallels_of(alert, number, rules)
    since = candidate.since if candidate.live else now
    phases = phases_of(alert, info, rules, parallels=parallels, since=since, at_most=at_most)
    for phase in phases:
        if now < phase.until and (phase.start <= now or not candidate.live):
            holds = phase.holds_until if candidate.live or phase.holds_until == phase.until else None
            # The end of the info, not of the phase: without the worker the screens keep it until it expires.
            return Phase(phase.start, phases[-1].until, phase.level, holds)
    return None


def _notice(
    candidate: Candidate,
    number: int,
    phase: Phase,
    slugs: list[str],
    boards: Mapping[str, Board],
    now: datetime,
    rules: AlertRules,
) -> Notice:
    alert, info = candidate.alert, candidate.alert.infos[number]
    text = shown_text(alert, info, now, rules)
    calm = tells_the_end(alert, info)
    zone = ZoneInfo(boards[slugs[0]].zone)
    return Notice(
        id=0,
        level=LEVEL_OF[phase.level],
        headline=text.headline or text.description.partition("\n")[0][:200] or alert.identifier,
        areas=tuple(sorted({boards[slug].area for slug in slugs})),
        issued=min(alert.sent, now),
        until=_readable(phase.until),
        acts=_acts(text, now, zone),
        danger="" if calm else text.event,
        risk=0 if calm else text.risk,
        threat="" if calm else threat_of(info.severity, info.urgency),
        sender=text.sender_name,
        exercise=text.drill,
        state="live" if candidate.live else "drafted",
        created_by=SYSTEM,
        origin=origin_of(alert),
        boards=tuple(sorted(slugs)),
        language=text.language,
        calm=calm,
        description=text.description,
        link=linked(info.web, rules.web_hosts),
        holds_until=_readable(phase.holds_until) if phase.holds_until is not None else None,
    )


def _readable(until: datetime) -> datetime:
    """Returns ``until``, but not after 1 January of `LAST_YEAR`, so that the store accepts it."""
    return min(until, until.replace(year=LAST_YEAR, month=1, day=1)) if until.year >= LAST_YEAR else until


def _acts(text: ShownText, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """Returns what people should do, one sentence each.

    If the event's beginning is still to come, a sentence that tells it comes first.
    """
    acts = sentences(text.instruction)
    if acts and not text.own_words:
        acts[-1] = f"{acts[-1]} {_FIXED_WORDS['vi' if text.language == 'vi' else 'en']}"
    if text.onset is not None:
        begins = from_moment(text.onset, now, zone, "vi" if text.language == "vi" else "en")
        acts.insert(0, f"Bắt đầu {begins}." if text.language == "vi" else f"Begins {begins}.")
    return tuple(acts)


def sentences(text: str) -> list[str]:
    """Splits ``text`` into lines and sentences; a part that begins with a small letter stays with the one before."""
    found: list[str] = []
    for part in filter(None, map(str.strip, _BREAK.split(text))):
        if found and part[0].islower() and f"{found[-1]} {part}" in text:
            found[-1] = f"{found[-1]} {part}"
        else:
            found.append(part)
    return found


def over_text(headline: str, language: str) -> str:
    """Returns what a board says for a short time (``ended_for``) after the end of an alert with this headline."""
    words = headline.rstrip(" .!")
    return f"Đã hết hiệu lực: {words}" if language in ("", "vi") else f"No longer in effect: {words}"
