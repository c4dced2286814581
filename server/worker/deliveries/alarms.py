"""Runs the worker's job of alarms: observes, judges, and plans who is told; created by alarms_jobs.

alarms_observer -> core.duty.alarms -> store.duty.alarms (outbox) -> alarms_sender -> mail, Telegram, Zalo
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from server.core.areas import AreaTree
from server.core.duty.alarms import Alarm, Rules, Step
from server.core.duty.plan import DutyPlan, Send
from server.notifications.alarm_words import AlarmWords, what
from server.setup.config import Config
from server.store.database.engine import Database
from server.store.duty import alarms, channels, roster
from server.store.duty.alarms import Observation, Planned
from server.store.people import people
from server.store.people.messages import Message
from server.store.sources import sources


class Observer(Protocol):
    """Says what is wrong now."""

    def observe(self) -> Observation: ...


class Alarms:
    """Judges what ``observer`` sees. ``clock`` returns the time as an aware UTC datetime."""

    def __init__(self, db: Database, config: Config, observer: Observer, clock: Callable[[], datetime]) -> None:
        self._db, self._config, self._observer, self._clock = db, config, observer, clock
        own = config.duty
        self._rules = Rules(timedelta(seconds=own.gather_seconds), timedelta(minutes=own.settle_minutes))

    def tick(self) -> int:
        """Observes once and writes what follows; returns how many alarms have changed."""
        seen = self._observer.observe()
        plan = duty_plan(self._db, self._config)

        def planner(alarm: Alarm, steps: tuple[Step, ...], told: frozenset[str], now: datetime) -> Planned:
            sends = plan.sends(alarm, steps, told, now)
            messages = tuple(_message(plan, alarm, one) for one in sends if _opens(one))
            return Planned(sends, messages, plan.escalate_at(alarm, sends, now), what(alarm))

        return alarms.observe(self._db, seen, self._rules, planner, self._clock())


def duty_plan(db: Database, config: Config) -> DutyPlan:
    """Returns the roster, the channels and people's settings as they are in the store now."""
    return DutyPlan(
        AreaTree(sources.areas(db)),
        ZoneInfo(config.timezone),
        people.all(db),
        roster.turns(db),
        roster.absences(db),
        channels.listed(db),
        roster.preferences(db),
        timedelta(minutes=config.duty.escalate_minutes),
    )


def words_of(db: Database, config: Config) -> AlarmWords:
    """Returns what makes texts, with the areas' names as they are in the store now."""
    areas = {one.slug: one.name for one in sources.areas(db)}
    wait = timedelta(minutes=config.duty.escalate_minutes)
    return AlarmWords(ZoneInfo(config.timezone), areas, config.server.public_url.rstrip("/"), wait)


def _opens(send: Send) -> bool:
    return send.target.startswith("person:") and send.step in ("begun", "escalated")


def _message(plan: DutyPlan, alarm: Alarm, send: Send) -> Message:
    """The message at the desk to a person who is told for the first time; the mail is made by the sender."""
    where = plan.tree.get(alarm.area).name if alarm.area in plan.tree else alarm.area
    words = {"area": where}
    text = f"{what(alarm)} · {where}"
    return Message(
        plan.person_of(send.target), text, "", alarms.link_of(alarm.id), kind=f"alarm.{alarm.kind}", words=words
    )
