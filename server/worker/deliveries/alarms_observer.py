"""Observes what is wrong now, for alarms; created by worker.deliveries.alarms_jobs.

Outages of screens, silent sources and receipts are read as others have stored them; only disk, backup, certificate
and clock are looked at here, by each worker for its own machine.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from server.core.areas import AreaTree
from server.core.duty.alarms import Fact, Kind
from server.core.model import Board, Notice
from server.core.notices.order import reaches
from server.core.screens.screens import Screen
from server.setup import backup_file
from server.setup.config import Config
from server.store.boards import boards
from server.store.database.engine import Database
from server.store.duty.alarms import Group, Observation
from server.store.notices import notices
from server.store.screens import outages, receipts, screens
from server.store.sources import sources
from server.worker.deliveries.certificate_check import CertificateCheck
from server.worker.deliveries.clock_check import ClockCheck
from server.worker.deliveries.silent_sources import silent_sources

_COMMON: frozenset[Kind] = frozenset({"screen_dark", "notice_unconfirmed", "source_silent", "alerts_silent", "disk"})
BACKUP_GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Machine:
    """This machine: its ``name``, the data folder, and what is known of its clock and its certificate."""

    name: str
    data: Path
    clock: ClockCheck
    certificate: CertificateCheck


class AlarmObserver:
    """Finds all facts; ``clock`` returns the time as an aware UTC datetime."""

    def __init__(self, db: Database, config: Config, machine: Machine, clock: Callable[[], datetime]) -> None:
        self._db, self._config, self._machine, self._clock = db, config, machine, clock
        self._zone, self._started = ZoneInfo(config.timezone), clock()

    def observe(self) -> Observation:
        """Returns what is wrong now. Raises StoreError or OSError; then nothing is known."""
        now, tree = self._clock(), AreaTree(sources.areas(self._db))
        every = {one.slug: one for one in boards.all(self._db)}
        dark, whole = self._dark(every)
        facts = [*dark, *self._notices(every, tree, now), *self._sources(tree, now)]
        root = tree.in_charge(None)
        kinds = set(_COMMON)
        if root is None:
            return Observation(tuple(facts), frozenset(kinds - {"disk"}), self._machine.name, whole)
        facts += self._disk(root, now)
        if self._config.backup.every_hours:
            kinds.add("backup")
            facts += self._backup(root, now)
        if (ends := self._machine.certificate.ends()) is not None:
            kinds.add("certificate")
            facts += self._certificate(root, ends, now)
        if (offset := self._machine.clock.offset()) is not None:
            kinds.add("clock")
            facts += self._wrong_clock(root, offset, now)
        return Observation(tuple(facts), frozenset(kinds), self._machine.name, whole)

    def _dark(self, every: dict[str, Board]) -> tuple[list[Fact], frozenset[Group]]:
        """The dark screens, and the areas that have no other screen."""
        found = [
            Fact("screen_dark", every[one.board].area, f"screen:{one.screen}", one.name, one.begun)
            for one in outages.lasting(self._db)
            if one.board in every
        ]
        if not found:
            return [], frozenset()
        watched = Counter[str]()
        for board, count in outages.watched(self._db).items():
            if board in every:
                watched[every[board].area] += count
        by_area = Counter(one.area for one in found)
        whole = {("screen_dark", area) for area, count in by_area.items() if count >= watched[area]}
        return found, frozenset[Group](("screen_dark", area) for _, area in whole)

    def _notices(self, every: dict[str, Board], tree: AreaTree, now: datetime) -> Iterator[Fact]:
        """Urgent notices that some screens have not shown although they had time to."""
        patience = timedelta(minutes=self._config.duty.confirm_minutes)
        live = [
            one
            for one in notices.live(self._db, now)
            if one.level == "urgent" and not one.is_message and now - one.issued >= patience
        ]
        if not live:
            return
        here = [one for one in screens.all(self._db) if one.revoked is None and _is_public(one, now)]
        shown = receipts.of_notices(self._db, [one.id for one in live])
        for notice in live:
            done = {screen for screen, times in shown.get(notice.id, {}).items() if times.shown is not None}
            for area in notice.areas:
                meant = [one.id for one in here if _is_meant(notice, area, every.get(one.board), tree)]
                missing = sum(1 for id in meant if id not in done)
                if missing:
                    name = f"“{notice.headline}”, {missing} trong {len(meant)} màn hình chưa hiện"
                    yield Fact("notice_unconfirmed", area, f"notice:{notice.id}", name, notice.issued)

    def _sources(self, tree: AreaTree, now: datetime) -> Iterator[Fact]:
        silences = silent_sources(self._db, self._config.alert_rules(), now)
        if not silences.news and not silences.alerts:
            return
        listed = {one.slug: one for one in sources.all(self._db)}
        kinds: tuple[Kind, Kind] = ("source_silent", "alerts_silent")
        for kind, silent in zip(kinds, (silences.news, silences.alerts), strict=True):
            for slug, since in silent.items():
                source = listed.get(slug)
                area = tree.in_charge(source.area) if source else None
                # Files are changed by hand when there is something new: their silence is no fault.
                if source and area and (kind == "alerts_silent" or source.url.startswith(("http://", "https://"))):
                    yield Fact(kind, area, f"source:{slug}", source.name, since)

    def _disk(self, root: str, now: datetime) -> Iterator[Fact]:
        free = shutil.disk_usage(self._machine.data).free >> 20
        if free < self._config.duty.disk_megabytes:
            yield self._own("disk", root, f"còn {free} MB", now)

    def _backup(self, root: str, now: datetime) -> Iterator[Fact]:
        section = self._config.backup
        age = backup_file.newest(self._machine.data / section.folder, now)
        # Without any backup the first one has until an hour after the start.
        known = age if age != timedelta.max else now - self._started
        late = 2 * timedelta(hours=section.every_hours) if age != timedelta.max else timedelta(0)
        if known > late + BACKUP_GRACE:
            name = "chưa có bản nào" if age == timedelta.max else f"bản mới nhất từ {self._at(now - age)}"
            yield self._own("backup", root, name, now)

    def _certificate(self, root: str, ends: datetime, now: datetime) -> Iterator[Fact]:
        if ends - now < timedelta(days=self._config.duty.certificate_days):
            words = "đã hết hạn" if ends <= now else "hết hạn"
            yield self._own("certificate", root, f"{words} lúc {self._at(ends)}", now)

    def _wrong_clock(self, root: str, offset: timedelta, now: datetime) -> Iterator[Fact]:
        if abs(offset.total_seconds()) > self._config.duty.clock_seconds:
            words = "nhanh" if offset > timedelta(0) else "chậm"
            yield self._own("clock", root, f"{words} {abs(offset.total_seconds()):.0f} giây", now)

    def _own(self, kind: Kind, root: str, name: str, now: datetime) -> Fact:
        """A fact about this machine; ``since`` counts only for the first one of an alarm."""
        return Fact(kind, root, f"{self._machine.name}:{kind}", name, now)

    def _at(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%H:%M ngày %d/%m/%Y}"


def _is_public(screen: Screen, now: datetime) -> bool:
    """Whether a screen is not lent to a meeting, which sees no notices."""
    return screen.handed_until is None or screen.handed_until <= now


def _is_meant(notice: Notice, area: str, board: Board | None, tree: AreaTree) -> bool:
    return board is not None and tree.covers(area, board.area) and reaches(notice, board.slug, tree.chain(board.area))
