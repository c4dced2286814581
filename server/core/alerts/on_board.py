"""What one board shows of the alerts in force, and of which it says that they are over; called by boards' content.

It puts together what the other modules decide: the state of the source, the placement of each alert, the board's
language and the course of each level. It needs no outlines: placements are made once, when an alert arrives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from server.core.alerts.document import Alert, Info, Key
from server.core.alerts.languages import chosen, in_one_language, parallels_of, translations
from server.core.alerts.levels import AlertLevel, Phase, level_at, phases_of
from server.core.alerts.rules import AlertRules
from server.core.alerts.state import AlertState, Ended, InForce
from server.core.alerts.texts import Placed, in_order


class MatchedInfo(Protocol):
    """An info that concerns a board, as `places.Match` has it."""

    @property
    def info(self) -> int: ...
    @property
    def at_most(self) -> AlertLevel: ...


Placements = Mapping[Key, Mapping[str, tuple[MatchedInfo, ...]]]
"""Name of an alert -> slug of a board -> the infos that concern it (`places.Placement.boards`)."""


class BoardLanguage(NamedTuple):
    """A board by its slug, with the language that it is read in ("vi")."""

    slug: str
    language: str = "vi"


@dataclass(frozen=True, slots=True)
class BoardAlert:
    """An info on a board. Infos of one alert in one ``language`` may share a page, others never do.

    ``level`` is that of now, None while it is still to come; ``phases`` are its whole course, which the screen
    follows offline.
    """

    alert: Alert
    number: int
    language: str
    level: AlertLevel | None
    phases: tuple[Phase, ...]

    @property
    def info(self) -> Info:
        """The info itself."""
        return self.alert.infos[self.number]


class OnBoards:
    """What boards show of one source's alerts at ``now``; made once for all boards."""

    def __init__(self, state: AlertState, placements: Placements, now: datetime, rules: AlertRules) -> None:
        self._placements, self._now, self._rules = placements, now, rules
        self._here: dict[str, list[tuple[int, InForce]]] = {}
        groups = enumerate(translations(one.alert for one in state.in_force))
        by_alert = {id(alert): number for number, group in groups for alert in group}
        for one in state.in_force:
            for slug in placements.get(one.alert.key, {}):
                self._here.setdefault(slug, []).append((by_alert[id(one.alert)], one))
        self._over = tuple(one for one in state.ended if one.shown and one.left <= now < one.left + rules.ended_for)
        self._courses: dict[tuple[int, int, AlertLevel], tuple[Phase, ...]] = {}

    def shown(self, board: BoardLanguage) -> tuple[BoardAlert, ...]:
        """The infos that ``board`` shows now or later, the most pressing first, those still to come last.

        An alert without a placement is shown nowhere: what is addressed to nobody is never for everybody.
        """
        groups: dict[int, list[InForce]] = {}
        for group, one in self._here.get(board.slug, ()):
            groups.setdefault(group, []).append(one)
        found: list[BoardAlert] = []
        for group_here in groups.values():
            listed = {
                id(one) for one in in_one_language([one.alert for one in group_here], board.language, self._rules)
            }
            found += [part for one in group_here if id(one.alert) in listed for part in self._parts(board, one)]
        order = in_order(Placed(one.alert, one.number, one.level) for one in found if one.level is not None)
        places = {(id(one.alert), one.number): place for place, one in enumerate(order)}
        later = len(places)
        return tuple(
            sorted(found, key=lambda one: (places.get((id(one.alert), one.number), later), one.phases[0].start))
        )

    def over(self, board: BoardLanguage) -> tuple[Ended, ...]:
        """The alerts of which ``board`` says for a minute that they are over: only those that it has shown.

        Of one that was replaced it says so only if the replacing document does not concern it any more.
        """

        def concerned(key: Key | None) -> bool:
            return key is not None and board.slug in self._placements.get(key, {})

        return tuple(
            one
            for one in self._over
            if concerned(one.alert.key) and not (one.reason == "replaced" and concerned(one.by))
        )

    def _parts(self, board: BoardLanguage, one: InForce) -> list[BoardAlert]:
        alert, courses = one.alert, dict[int, tuple[Phase, ...]]()
        for match in self._placements[alert.key][board.slug]:
            course = self._course(one, match.info, match.at_most)
            # An info that is over does not keep the one in another language from being shown.
            if course and course[-1].until > self._now:
                courses[match.info] = course
        return [
            BoardAlert(alert, number, pages.language, level_at(courses[number], self._now), courses[number])
            for pages in chosen(alert, courses, board.language, self._rules)
            for number in pages.infos
        ]

    def _course(self, one: InForce, number: int, at_most: AlertLevel) -> tuple[Phase, ...]:
        key = (id(one.alert), number, at_most)
        if key not in self._courses:
            alert, rules = one.alert, self._rules
            parallels = parallels_of(alert, number, rules)
            self._courses[key] = phases_of(
                alert, alert.infos[number], rules, parallels=parallels, since=one.since, at_most=at_most
            )
        return self._courses[key]
