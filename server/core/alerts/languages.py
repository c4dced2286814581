"""Chooses the infos that a board shows, by language; called by `wanted`, `texts` and the desk.

Every info of the chosen language whose area matches is shown; infos of two languages never share a page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from server.core.alerts.document import Alert, AlertArea, Info
from server.core.alerts.rules import AlertRules

_HANT = frozenset({"hk", "mo", "tw", "hant"})


@dataclass(frozen=True, slots=True)
class LanguagePages:
    """The infos, by their numbers in the alert, that are shown together in one language ("vi", "en", "zh-hant")."""

    language: str
    infos: tuple[int, ...]


def language_of(tag: str, rules: AlertRules) -> str:
    """Returns the language of an info's language tag, without the region: "vi" for "vi-VN", "zh-hans" or "zh-hant".

    An empty tag means the ``language`` of the source's rules, else English (CAP's default).
    """
    parts = (tag.strip() or rules.language.strip() or "en").casefold().replace("_", "-").split("-")
    if parts[0] == "zh":
        return "zh-hant" if _HANT & set(parts[1:]) else "zh-hans"
    return parts[0]


def languages_of(alert: Alert, rules: AlertRules) -> dict[str, tuple[int, ...]]:
    """Returns language -> numbers of the alert's infos in it, in the order of the document."""
    found: dict[str, list[int]] = {}
    for number, info in enumerate(alert.infos):
        found.setdefault(language_of(info.language, rules), []).append(number)
    return {language: tuple(numbers) for language, numbers in found.items()}


def chosen(
    alert: Alert, matching: Collection[int], board_language: str, rules: AlertRules
) -> tuple[LanguagePages, ...]:
    """Chooses the infos that a board shows, one `LanguagePages` for each language; ``matching`` concern the board.

    If the source's ``languages`` are set, these are shown in that order, as far as one of their infos concerns the
    board. Otherwise, or if none does, it is one language: that of the board, else Vietnamese, English, or the first
    of the document, whichever comes first with an info that concerns the board.
    """
    groups = {
        language: found
        for language, numbers in languages_of(alert, rules).items()
        if (found := tuple(number for number in numbers if number in matching))
    }
    listed = list(dict.fromkeys(language_of(one, rules) for one in rules.languages))
    pages = tuple(LanguagePages(one, groups[one]) for one in listed if one in groups)
    if pages or not groups:
        return pages
    wanted = [language_of(board_language, rules), "vi", "en", *groups]
    best = next(language for language in wanted if language in groups)
    return (LanguagePages(best, groups[best]),)


def parallels_of(alert: Alert, number: int, rules: AlertRules) -> tuple[Info, ...]:
    """Returns the infos that say in other languages what info ``number`` says; they all get their highest level.

    If another language has as many infos, the one at the same place is taken. Otherwise all with the same areas and
    times are taken, if only one info of the own language has these.
    """
    groups = languages_of(alert, rules)
    mine = alert.infos[number]
    own = language_of(mine.language, rules)
    place = groups[own].index(number)
    alone = sum(_same_matter(alert.infos[each], mine) for each in groups[own]) == 1
    found: list[Info] = []
    for language, numbers in groups.items():
        if language == own:
            continue
        if len(numbers) == len(groups[own]):
            found.append(alert.infos[numbers[place]])
        elif alone:
            found += [alert.infos[each] for each in numbers if _same_matter(alert.infos[each], mine)]
    return tuple(found)


def _same_matter(one: Info, other: Info) -> bool:
    """True if two infos have the same areas and times; their texts are not compared."""
    times = (one.effective, one.onset, one.expires) == (other.effective, other.onset, other.expires)
    return times and _places(one.areas) == _places(other.areas)


def _places(areas: Iterable[AlertArea]) -> list[tuple[object, ...]]:
    return [(area.polygons, area.circles, area.codes) for area in areas]


def translations(alerts: Iterable[Alert]) -> tuple[tuple[Alert, ...], ...]:
    """Groups the ``alerts`` that say the same in several languages; most groups have one alert.

    Some services publish each language as a document of its own, with the same sender, times and area.
    """
    groups: dict[object, list[list[Alert]]] = {}
    for alert in alerts:
        # Outlines are long: they are compared only where all else is equal.
        similar = groups.setdefault(_essence(alert), [])
        places = [_places(info.areas) for info in alert.infos]
        for group in similar:
            if places == [_places(info.areas) for info in group[0].infos]:
                group.append(alert)
                break
        else:
            similar.append([alert])
    return tuple(tuple(group) for similar in groups.values() for group in similar)


def in_one_language(group: Sequence[Alert], board_language: str, rules: AlertRules) -> Sequence[Alert]:
    """Returns the alerts of ``group`` (one of the groups of `translations`) that a board shows.

    These are the alerts in the board's language, else in Vietnamese, English, or the language of the first. The whole
    group is shown if an alert has several languages, or if the chosen language has fewer documents than another one:
    then it cannot be known which one is missing.
    """
    by_language: dict[str, list[Alert]] = {}
    for alert in group:
        languages = languages_of(alert, rules)
        if len(languages) != 1:
            return group
        by_language.setdefault(next(iter(languages)), []).append(alert)
    wanted = [language_of(board_language, rules), "vi", "en", *by_language]
    best = next(language for language in wanted if language in by_language)
    most = max(map(len, by_language.values()))
    return by_language[best] if len(by_language[best]) == most else group


def _essence(alert: Alert) -> object:
    """Returns the values, besides areas, that translations of one alert share; other alerts are never grouped."""
    infos = (
        (
            info.effective or alert.sent, info.onset, info.expires, info.categories, info.severity.casefold(),
            info.urgency.casefold(), info.certainty.casefold(), info.responses,
        )
        for info in alert.infos
    )  # fmt: skip
    return (alert.source, alert.sender, alert.status, alert.kind, tuple(infos))


def without_translations(alerts: Sequence[Alert], board_language: str, rules: AlertRules) -> tuple[Alert, ...]:
    """Returns ``alerts`` of one source, in their order, without translations of alerts that are kept.

    Of each group of `translations` a board in ``board_language`` keeps those that `in_one_language` returns.
    """
    kept = {id(one) for group in translations(alerts) for one in in_one_language(group, board_language, rules)}
    return tuple(alert for alert in alerts if id(alert) in kept)
