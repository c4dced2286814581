"""What the store does for alarms on SQLite and PostgreSQL: judging, the outbox, claims, channels, the roster."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from server.core.duty.alarms import Alarm, Fact, Kind, Rules, Step
from server.core.duty.plan import Preferences, Send
from server.core.duty.roster import Absence, Turn
from server.store.database.engine import Database
from server.store.database.errors import NotFound, NotLive
from server.store.duty import alarms, channels, deliveries, roster
from server.store.duty.alarms import Observation, Planned
from server.store.duty.channels import Secrets, Settings
from server.store.duty.deliveries import CLAIM
from server.store.duty.roster import AbsenceOverlap, TurnOverlap
from tests.cast import HOUR, MINUTE, NOW

KINDS = frozenset[Kind]({"screen_dark"})
DARK = Fact("screen_dark", "xa-minh-tan", "screen:1", "Nhà văn hóa", NOW)
TARGET = "channel:1"


def planner(alarm: Alarm, steps: tuple[Step, ...], told: frozenset[str], now: datetime) -> Planned:
    return Planned(tuple(Send(TARGET, step, now) for step in steps))


def observed(db: Database, now: datetime, *facts: Fact) -> int:
    return alarms.observe(db, Observation(facts, KINDS), Rules(), planner, now)


def test_an_alarm_lives_from_the_first_fact_to_the_last_message(db: Database) -> None:
    assert observed(db, NOW, DARK) == 1
    assert alarms.lasting(db) == ()
    assert observed(db, NOW + MINUTE, DARK) == 1
    assert observed(db, NOW + MINUTE, DARK) == 0  # a second worker sees the same
    (alarm,) = alarms.lasting(db)
    assert (alarm.told, [one.name for one in alarm.lasting]) == (NOW + MINUTE, ["Nhà văn hóa"])
    taken = alarms.acknowledge(db, alarm.id, actor="hoa", now=NOW + MINUTE)
    assert alarms.acknowledge(db, alarm.id, actor="lan", now=NOW + 2 * MINUTE) == taken
    observed(db, NOW + 5 * MINUTE)
    observed(db, NOW + 8 * MINUTE)
    assert [one.step for one in deliveries.of_alarm(db, alarm.id)] == ["begun", "ended"]
    with pytest.raises(NotLive):
        alarms.acknowledge(db, alarm.id, actor="lan", now=NOW + HOUR)
    (past,) = alarms.history(db, ["xa-minh-tan"], since=NOW, most=9)
    assert (past.ended, past.acknowledged_by) == (NOW + 5 * MINUTE, "hoa")
    assert alarms.history(db, ["xa-dong-hai"], since=NOW, most=9) == ()
    assert alarms.forget(db, before=NOW + HOUR) == 1
    with pytest.raises(NotFound):
        alarms.get(db, alarm.id)


def test_one_worker_at_a_time_has_a_target_and_a_dead_one_loses_it(db: Database) -> None:
    observed(db, NOW, DARK)
    later = NOW + MINUTE
    observed(db, later, DARK)
    assert deliveries.ready(db, later) == (TARGET,)
    assert deliveries.claim(db, TARGET, later)
    assert not deliveries.claim(db, TARGET, later)
    assert deliveries.ready(db, later) == ()
    assert deliveries.claim(db, TARGET, later + CLAIM)
    (row,) = deliveries.waiting(db, TARGET, later)
    deliveries.failed(db, TARGET, "http", later, later + 5 * MINUTE)
    deliveries.failed(db, TARGET, "http", later + MINUTE, later + 5 * MINUTE)
    state = deliveries.states(db, [TARGET])[TARGET]
    assert (state.failures, state.failing_since, state.error) == (2, later, "http")
    assert deliveries.ready(db, later + MINUTE) == ()
    assert deliveries.ready(db, later + 5 * MINUTE) == (TARGET,)
    deliveries.sent(db, TARGET, [row.id], later + 6 * MINUTE, later + 7 * MINUTE)
    assert deliveries.waiting(db, TARGET, later + HOUR) == ()
    assert deliveries.sent_since(db, TARGET, NOW) == (later + 6 * MINUTE,)
    state = deliveries.states(db, [TARGET])[TARGET]
    assert (state.failures, state.failing_since, state.error) == (0, None, "")


def test_channels_keep_their_secrets_apart_and_replace_both_tokens(db: Database) -> None:
    wanted = Settings("zalo", "Tổ trực", ("tinh",), "user-1")
    made = channels.make(db, wanted, Secrets("", "doi-0", "app", "khoa"), actor="tuan", now=NOW)
    assert "doi-0" not in repr(channels.get(db, made.id))
    channels.renewed(db, made.id, Secrets("the-1", "doi-1", "app", "khoa", NOW + HOUR))
    assert channels.secrets_of(db, made.id) == Secrets("the-1", "doi-1", "app", "khoa", NOW + HOUR)
    assert channels.change(db, made.id, wanted, None, actor="tuan", now=NOW) == made
    with pytest.raises(ValueError, match="khong-co"):
        channels.make(db, Settings("mail", "x", ("khong-co",), "x@x.vn"), Secrets(), actor="tuan", now=NOW)


def test_a_roster_and_a_days_summary_are_kept(db: Database) -> None:
    turn = roster.add_turn(db, Turn(0, "tinh", "lan", (0, 6), 0, 720, 2), actor="tuan", now=NOW)
    assert roster.turns(db) == (turn,)
    days = (date(2026, 3, 9), date(2026, 3, 10))
    roster.add_absence(db, Absence(0, "tinh", "lan", *days, "minh"), actor="tuan", now=NOW)
    assert [(one.first, one.last) for one in roster.absences(db)] == [days]
    with pytest.raises(TurnOverlap) as same_time:
        roster.add_turn(db, Turn(0, "tinh", "lan", (0,), 700, 800), actor="tuan", now=NOW)
    assert same_time.value.other == turn
    with pytest.raises(AbsenceOverlap) as same_day:
        roster.add_absence(db, Absence(0, "tinh", "lan", days[1], days[1]), actor="tuan", now=NOW)
    assert same_day.value.other.substitute == "minh"
    roster.prefer(db, Preferences("lan", 1320, 360, None))
    roster.prefer(db, Preferences("lan", None, None, 400))
    assert roster.preferences(db) == {"lan": Preferences("lan", None, None, 400)}
    assert [roster.digest(db, "lan", day, None, NOW) for day in (days[0], days[0], days[1])] == [True, False, True]
    assert roster.digested(db) == {"lan": days[1]}
