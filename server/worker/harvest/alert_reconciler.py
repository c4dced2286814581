"""Makes the notices match the stored alerts; run by alert_intake when an alert is new, and as a job of the worker.

stored documents -> Ledger (kept between calls)   boards and areas -> Places (kept until one changes)
    -> places of each document -> state at this instant, with the decisions of editors
    -> notices that are wanted -> store.alerts.showing.apply, one transaction
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

import structlog

from feeds.download.links import domain_of
from server.core.alerts.board_places import places_of, within_area
from server.core.alerts.document import Alert, Key
from server.core.alerts.lifecycle import Ledger
from server.core.alerts.placement import Placement
from server.core.alerts.reconciling import Over, Plan, hidden_in
from server.core.alerts.rules import AlertRules
from server.core.alerts.source_rules import rules_for, territory_parts
from server.core.alerts.standing import Reason
from server.core.alerts.state import Decisions
from server.core.alerts.times import span_of_alert
from server.core.alerts.wanted import Reach, reach_of, wanted_of
from server.core.areas import AreaTree
from server.core.model import Board, Outline, Source
from server.setup.commune_list import unit_codes
from server.store.alerts import decisions, documents, polls, showing
from server.store.alerts.decisions import Decision
from server.store.alerts.documents import StoredAlert
from server.store.areas import areas
from server.store.boards import boards
from server.store.database import revision
from server.store.database.engine import Database
from server.store.people import people
from server.store.people.messages import Message
from server.store.sources import sources
from server.worker.harvest.alert_candidates import candidates_of
from server.worker.harvest.alert_ends import AlertEnds
from server.worker.harvest.alert_pictures import with_pictures
from server.worker.harvest.alert_questions import about_draft, about_place
from server.worker.harvest.alert_states import document_states
from server.worker.harvest.alert_world import World, of_areas

if TYPE_CHECKING:
    from server.core.alerts.places import AlertPlaces, Territory

log = structlog.get_logger("alerts")
EVERY = timedelta(seconds=20)
"""How often all sources are reconciled although nothing is known to have changed."""
RETRY_AFTER = timedelta(seconds=2)
"""How long after a fault all sources are reconciled again."""
KEPT = timedelta(days=1)
"""After this time the documents of a source are read anew, because old ones are deleted."""


@dataclass
class _SourceAlerts:
    """What is kept about one source between calls: its documents, the places they name, the boards at these places.

    The keys of type int are ids of documents. If a source has sent several contents under one key, the last one in
    ``stored`` counts (`Ledger`). ``placements`` are kept with the values from which they were computed. ``held`` has
    the reasons why an editor has to decide on a document because of its place, also after the document has expired.
    """

    settings: object
    area: str | None
    rules: AlertRules
    territory: Territory
    ledger: Ledger
    ends: AlertEnds
    since: datetime
    newest: int = 0
    stored: dict[Key, list[StoredAlert]] = field(default_factory=dict)
    places: dict[int, AlertPlaces] = field(default_factory=dict)
    placements: dict[int, tuple[object, Placement]] = field(default_factory=dict)
    held: dict[int, tuple[Reason, ...]] = field(default_factory=dict)
    reaches: dict[int, tuple[Placement, tuple[Reach, ...]]] = field(default_factory=dict)

    def reach_of(
        self, alert: Alert, placed: Mapping[Key, Placement], boards: Mapping[str, Board]
    ) -> tuple[Reach, ...]:
        """The boards of a document in groups, () if it has none; computed again only if its placement has changed."""
        placement, number = placed.get(alert.key), self.stored[alert.key][-1].id
        if placement is None:
            return ()
        known = self.reaches.get(number)
        if known is None or known[0] is not placement:
            known = self.reaches[number] = (placement, reach_of(placement.boards, boards))
        return known[1]

    def forget_places(self, number: int) -> None:
        """Drops the places and boards of the document ``number``, which is shown nowhere any more, to save memory."""
        self.placements.pop(number, None)
        self.places.pop(number, None)
        self.reaches.pop(number, None)


class AlertReconciler:
    """Makes the notices match the stored alerts; may be called from several threads.

    ``common`` are the rules from the configuration, which apply where a source has no rule of its own.
    """

    def __init__(self, db: Database, clock: Callable[[], datetime], common: AlertRules) -> None:
        self._db, self._clock, self._common = db, clock, common
        self._lock = Lock()
        self._known: dict[str, _SourceAlerts] = {}
        self._world: World | None = None
        self._revision = -1
        self._outlines: Mapping[str, Outline] = {}
        self._due: datetime | None = None
        self._mark: tuple[object, ...] = ()
        self._silent: frozenset[str] = frozenset()

    def tick(self) -> None:
        """Reconciles all sources after a decision of an editor, at the time of an alert's next change, or after 20 s.

        If a source fails, the others are reconciled all the same. The first exception is raised at the end, and all
        sources are reconciled again 2 s later.
        """
        now, mark = self._clock(), decisions.mark(self._db)
        if mark == self._mark and self._due is not None and now < self._due <= now + EVERY:
            return
        slugs = [one.slug for one in documents.sources_of_alerts(self._db)]
        self._due = now + EVERY
        faults: list[Exception] = []
        for slug in slugs:
            try:
                self.reconcile(slug)
            except Exception as error:  # whatever it is, the other sources go on
                log.exception("alerts not reconciled", source=slug)
                faults.append(error)
        self._log_silence(now)
        self._mark = mark
        if faults:
            self._due = now + RETRY_AFTER
            raise faults[0]

    def _log_silence(self, now: datetime) -> None:
        """Logs each source that has stopped giving data, once until it gives data again."""
        silent = frozenset(polls.silent(self._db, now, self._common))
        for name in sorted(silent - self._silent):
            log.warning("no data of alerts", source=name)
        self._silent = silent

    def reconcile(self, slug: str) -> None:
        """Makes the notices match the alerts of the source ``slug``; does nothing if that is no source of alerts."""
        with self._lock:
            source = next((one for one in documents.sources_of_alerts(self._db) if one.slug == slug), None)
            if source is not None:
                made = self._reconcile(source)
                if (
                    made.approved or made.outdated
                ):  # decisions were found in the notices themselves, or made meanwhile
                    made = self._reconcile(source)
                if made.outdated:
                    self._due = None
                if made.steps:
                    log.info("alerts shown", source=slug, changes=[step.act for step in made.steps][:20])

    def _reconcile(self, source: Source) -> Plan:
        now, world, mark = self._clock(), self._read_world(), decisions.mark(self._db)
        mine = self._read_documents(source)
        decided = decisions.of_source(self._db, source.slug)
        placed = self._placed(mine, world, decided, now)
        held = self._held(source, mine, world, placed)
        state = mine.ledger.state(now, self._decisions(source, mine, decided, held))
        placed, ended_in = mine.ends.applied(
            placed, mine.stored, state, decided, world, lambda key: self._place_again(mine, world, decided, key)
        )
        if state.next_change is not None and self._due is not None:
            self._due = min(self._due, state.next_change)
        there = showing.shown(self._db, source.slug, now)
        hidden = hidden_in(there)
        candidates = list(candidates_of(state, hidden, lambda one: mine.reach_of(one, placed, world.boards)))
        every = wanted_of(candidates, world.boards, now, mine.rules)
        wanted, odd = with_pictures(self._db, source.slug, every, mine.stored, now)
        over = {one.alert.key: Over(one.reason, one.by) for one in state.ended}
        states = document_states(state, mine.stored, placed, wanted, decided, ended_in, odd)
        return showing.apply(
            self._db,
            source.slug,
            wanted,
            over,
            states,
            now,
            told_for=mine.rules.ended_for,
            there=there,
            mark=mark,
            notify=lambda draft: about_draft(draft, source, people.all(self._db), world.tree),
            ask=lambda document: self._ask_for_place(source, mine, document, world.tree),
        )

    def _ask_for_place(self, source: Source, mine: _SourceAlerts, document: int, tree: AreaTree) -> Iterable[Message]:
        every = (one for stored in mine.stored.values() for one in stored)
        alert = next((one.alert for one in every if one.id == document), None)
        return about_place(alert, document, source, people.all(self._db), tree) if alert is not None else ()

    def _read_world(self) -> World:
        """The boards and areas; they are read again only if one of them has changed."""
        # Imported here because shapely takes a third of the worker's start, and only sources of alerts need it.
        from server.core.alerts.places import Places

        current = revision.current(self._db)
        if self._world is not None and current == self._revision:
            return self._world
        changes = revision.since(self._db, self._revision) if self._world is not None else None
        if self._world is None or changes is None or changes.everything or changes.boards:
            tree = AreaTree(sources.areas(self._db))
            if self._world is None or changes is None or changes.everything:
                self._outlines = areas.outlines(self._db)
            every = {one.slug: one for one in boards.all(self._db) if one.area in tree}
            number = self._world.number + 1 if self._world is not None else 1
            placed = places_of(every.values(), tree, self._outlines)
            self._world = World(number, tree, every, Places(placed, unit_codes()))
        self._revision = current
        return self._world

    def _read_documents(self, source: Source) -> _SourceAlerts:
        """The documents of a source. Usually reads new ones only; all once a day and after a change of settings."""
        from server.core.alerts.places import Territory

        mine = self._known.get(source.slug)
        now = self._clock()
        settings = (source.cap, source.area, source.url)
        if mine is None or mine.settings != settings or not mine.since <= now < mine.since + KEPT:
            rules = rules_for(source.cap, self._common)
            rules = replace(rules, web_hosts=(*rules.web_hosts, domain_of(source.url)))
            territory = Territory(*territory_parts(source.cap))
            mine = _SourceAlerts(settings, source.area, rules, territory, Ledger(rules), AlertEnds(rules), now)
            self._known[source.slug] = mine
        new = documents.after(self._db, source.slug, mine.newest)
        for one in new:
            mine.newest = one.id
            mine.stored.setdefault(one.alert.key, []).append(one)
        mine.ledger.add(one.alert for one in new)
        for key in {one.alert.key for one in new}:
            if len(mine.stored[key]) > 1:
                mine.stored[key] = _with_counting_last(mine.stored[key], mine.ledger.content(key))
        return mine

    def _placed(
        self, mine: _SourceAlerts, world: World, decided: Mapping[Key, Decision], now: datetime
    ) -> dict[Key, Placement]:
        """Returns document -> its boards, without documents whose own end was more than ``ended_for`` ago."""
        found: dict[Key, Placement] = {}
        for key, stored in mine.stored.items():
            newest = stored[-1]
            if span_of_alert(newest.alert, mine.rules).until + mine.rules.ended_for < now:
                mine.forget_places(newest.id)
                continue
            found[key] = self._place(mine, world, newest, decided.get(key))
        return found

    def _place(self, mine: _SourceAlerts, world: World, one: StoredAlert, decision: Decision | None) -> Placement:
        chosen = decision.areas if decision is not None else ()
        return self._match(mine, world, one, within=decision is None or decision.approved is None, chosen=chosen)

    def _place_again(self, mine: _SourceAlerts, world: World, decided: Mapping[Key, Decision], key: Key) -> Placement:
        """Returns the boards of a document that is over; they are computed each time and not kept."""
        newest = mine.stored[key][-1]
        placement = self._place(mine, world, newest, decided.get(key))
        mine.forget_places(newest.id)
        return placement

    def _match(
        self, mine: _SourceAlerts, world: World, one: StoredAlert, *, within: bool, chosen: tuple[str, ...] = ()
    ) -> Placement:
        """Returns the boards of a document, within the area of its source.

        ``chosen`` are the areas that an editor chose for it; if there are some, its own places do not count. With
        ``within`` only places in the territory of its source count.
        """
        made_of = (world.number, within, chosen)
        known = mine.placements.get(one.id)
        if known is None or known[0] != made_of:
            everywhere = self._match_everywhere(mine, world, one, within=within, chosen=chosen)
            known = (made_of, within_area(everywhere, mine.area, world.boards, world.tree))
            mine.placements[one.id] = known
        return known[1]

    def _match_everywhere(
        self, mine: _SourceAlerts, world: World, one: StoredAlert, *, within: bool, chosen: tuple[str, ...]
    ) -> Placement:
        from server.core.alerts.places import read_places

        if chosen:
            return of_areas(one.alert, chosen, world)
        if one.id not in mine.places:
            mine.places[one.id] = read_places(one.alert, mine.rules)
        # An editor who approved a document from outside the territory has decided that it belongs here.
        placement = world.places.match(mine.places[one.id], mine.territory if within else None)
        if not placement.readable and mine.rules.default_area:
            return of_areas(one.alert, (mine.rules.default_area,), world)
        return placement

    def _held(
        self, source: Source, mine: _SourceAlerts, world: World, placed: Mapping[Key, Placement]
    ) -> dict[Key, tuple[Reason, ...]]:
        """Returns document -> why an editor has to decide on it: because of its place, or because its source is held.

        A held source makes drafts of all documents that arrive from then on. A document stays held after it has
        expired: otherwise an Update that nobody approved would take effect after its end, and take down the alert
        that it names.
        """
        begun = min((key.sent for key in placed), default=None)
        held: dict[Key, tuple[Reason, ...]] = {}
        for key, stored in mine.stored.items():
            number = stored[-1].id
            if key in placed:
                mine.held[number] = placed[key].held(mine.rules)
            elif number not in mine.held and begun is not None and key.sent >= begun:
                mine.held[number] = self._match(mine, world, stored[-1], within=True).held(mine.rules)
                mine.forget_places(number)
            if reasons := mine.held.get(number, ()):
                held[key] = reasons
        since = polls.held(self._db).get(source.slug)
        if since is not None:
            for key, stored in mine.stored.items():
                if stored[-1].alert.received >= since:
                    held[key] = (*held.get(key, ()), "draft-mode")
        return held

    def _decisions(
        self,
        source: Source,
        mine: _SourceAlerts,
        decided: Mapping[Key, Decision],
        held: Mapping[Key, tuple[Reason, ...]],
    ) -> Decisions:
        gone = polls.missing(self._db, source.slug) if mine.rules.index == "complete" else {}
        numbers = {one.id: key for key, stored in mine.stored.items() for one in stored}
        return Decisions(
            approved={key: one.approved for key, one in decided.items() if one.approved is not None},
            ended={key: one.ended for key, one in decided.items() if one.ended is not None},
            missing={numbers[number]: since for number, since in gone.items() if number in numbers},
            held=dict(held),
        )


def _with_counting_last(stored: Iterable[StoredAlert], counting: Alert) -> list[StoredAlert]:
    """Sorts the contents under one key by their arrival, but puts the content ``counting``, which counts, last."""
    return sorted(stored, key=lambda one: replace(one.alert, received=counting.received) == counting)
