"""Whatever is lost, doubled or late, and in whatever order it comes: the same end, and nothing false in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.alerts.document import Alert, Key, Kind, Reference
from server.core.alerts.lifecycle import Ledger, state_of
from server.core.alerts.state import AlertState, Decisions
from server.core.alerts.times import span_of_alert
from tests.cast import HOUR, NOW
from tests.core.alerts.documents import ALL_CLEAR, LIVE, alert, arrived, info, summary

SOURCES = ("nchmf", "thuy-loi")
KINDS: tuple[Kind, ...] = ("Alert", "Alert", "Update", "Update", "Update", "Cancel", "Ack")


@st.composite
def documents(draw: st.DrawFn, most: int = 6) -> list[Alert]:
    """Documents of two sources with equal names: chains, forks, gaps, cancels, reused names, odd references."""
    found: list[Alert] = []
    for _ in range(draw(st.integers(1, most))):
        kind = draw(st.sampled_from(KINDS))
        sent = draw(st.integers(0, 12)) * timedelta(minutes=30)
        start, length = draw(st.integers(0, 4)) * HOUR, draw(st.integers(0, 8)) * HOUR
        ends = kind == "Cancel" and draw(st.booleans())
        body = info(effective=NOW + sent + start, expires=NOW + sent + start + length)
        found.append(
            alert(
                f"bao-{draw(st.integers(0, 5))}",
                sent,
                source=draw(st.sampled_from(SOURCES)),
                kind=kind,
                infos=(ALL_CLEAR,) if ends else () if kind == "Cancel" else (body,),
                references=tuple(draw(st.lists(references(), max_size=3))) if kind != "Alert" else (),
            )
        )
    return found


def random_documents(chance: Random) -> list[Alert]:
    """The same kind of documents from a seed, up to fourteen: a thousand of them take seconds."""

    def time() -> datetime:
        return NOW + chance.randrange(13) * timedelta(minutes=30)

    def reference() -> Reference:
        return Reference(alert().sender, f"bao-{chance.randrange(6)}", chance.choice([None, time(), time()]))

    found = []
    for _ in range(chance.randint(2, 14)):
        kind, sent = chance.choice(KINDS), time()
        start = sent + chance.randrange(5) * HOUR
        infos = (ALL_CLEAR,) if chance.random() < 0.5 else ()
        body = info(effective=start, expires=start + chance.randrange(20) * HOUR)
        found.append(
            alert(
                f"bao-{chance.randrange(6)}",
                sent - NOW,
                source=chance.choice(SOURCES),
                kind=kind,
                infos=infos if kind == "Cancel" else (body,),
                references=tuple(reference() for _ in range(chance.randrange(4))) if kind != "Alert" else (),
            )
        )
    return found


@st.composite
def references(draw: st.DrawFn) -> Reference:
    sent = draw(st.one_of(st.none(), st.integers(0, 12).map(lambda n: NOW + n * timedelta(minutes=30))))
    return Reference(alert().sender, f"bao-{draw(st.integers(0, 5))}", sent)


def one_by_one(alerts: Sequence[Alert], now: datetime) -> AlertState:
    """The state after each document was taken in and judged on its own."""
    ledger = Ledger(LIVE)
    for one in alerts:
        ledger.add([one])
        ledger.state(now)
    return ledger.state(now)


@settings(max_examples=1000, deadline=None)
@given(st.integers(0, 2**32))
def test_every_order_comes_to_the_same_end(seed: int) -> None:
    chance = Random(seed)
    alerts = _distinct(random_documents(chance))
    late = chance.sample(alerts, chance.randint(0, len(alerts)))
    soon = [one for one in alerts if one not in late] + chance.choices(alerts, k=3)
    chance.shuffle(soon)
    came = arrived([*soon, *late])
    wanted = arrived(alerts)
    now = NOW + chance.randint(21, 26) * HOUR
    assert summary(one_by_one(came, now)) == summary(state_of(wanted, now, LIVE))


@settings(max_examples=100, deadline=None)
@given(st.data(), documents())
def test_small_cases_come_to_the_same_end_in_every_order(data: st.DataObject, alerts: list[Alert]) -> None:
    """The same with cases that hypothesis can make smaller."""
    distinct = _distinct(alerts)
    order = data.draw(st.permutations(distinct))
    now = NOW + 21 * HOUR
    assert summary(one_by_one(arrived(order), now)) == summary(state_of(arrived(distinct), now, LIVE))


def _distinct(alerts: Sequence[Alert]) -> list[Alert]:
    """One document for each name: two with one name and time are told apart by their arrival only."""
    return list({one.key: one for one in alerts}.values())


@settings(max_examples=1000, deadline=None)
@given(st.integers(0, 2**32))
def test_nothing_cancelled_or_expired_is_ever_in_force(seed: int) -> None:
    chance = Random(seed)
    now = NOW + chance.randrange(24) * timedelta(minutes=30)
    here = [one for one in _distinct(random_documents(chance)) if one.received <= now]
    state = state_of(here, now, LIVE)
    for shown in state.in_force:
        span = span_of_alert(shown.alert, LIVE)
        assert span.start <= now < span.until
        assert shown.alert.key not in _cancelled(here, now)
        assert shown.alert.kind not in ("Ack", "Error")


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 2**32))
def test_an_update_that_waits_for_an_editor_ends_nothing_also_after_its_own_end(seed: int) -> None:
    chance = Random(seed)
    now = NOW + chance.randrange(60) * timedelta(minutes=30)
    here = [one for one in _distinct(random_documents(chance)) if one.received <= now]
    waiting = {one.key for one in here if one.kind == "Update" and chance.random() < 0.5}
    state = state_of(here, now, LIVE, Decisions(held=dict.fromkeys(waiting, ("outside",))))
    assert not waiting & {over.by for over in state.ended}
    assert not waiting & {one.alert.key for one in state.in_force}


def _cancelled(alerts: Sequence[Alert], now: datetime) -> set[Key]:
    """The keys of all alerts that are cancelled at ``now``, found without the code under test.

    An alert is cancelled if a Cancel sent by ``now``, or another cancelled alert, names its source, identifier and
    time of sending. Names of the same identifier, of an alert that is not older, or of an Ack do not count.
    """
    found: set[Key] = set()
    waiting = [one for one in alerts if one.kind == "Cancel" and one.sent <= now]
    while waiting:
        one = waiting.pop()
        for reference in one.references:
            for other in alerts:
                named = (other.source, other.identifier, other.sent) == (
                    one.source, reference.identifier, reference.sent,
                )  # fmt: skip
                mine = other.identifier == one.identifier
                if named and not mine and other.sent < one.sent and other.key not in found and other.kind != "Ack":
                    found.add(other.key)
                    waiting.append(other)
    return found


@settings(max_examples=100, deadline=None)
@given(documents(), st.integers(0, 24))
def test_every_document_is_in_one_list_and_sources_do_not_touch_each_other(alerts: list[Alert], hours: int) -> None:
    now = NOW + hours * HOUR
    here = [one for one in _distinct(alerts) if one.received <= now]
    both = state_of(here, now, LIVE)
    listed = [one.alert.key for one in both.in_force] + [one.alert.key for one in both.waiting]
    listed += [one.alert.key for one in both.drafts] + [one.alert.key for one in both.ended]
    listed += [one.key for one in (*both.refused, *both.ignored)]
    assert len(listed) == len(set(listed))
    silent = {one.key for one in here if one.kind == "Cancel" and not one.infos}
    assert set(listed) | silent == {one.key for one in here}
    for source in SOURCES:
        alone = state_of([one for one in here if one.source == source], now, LIVE)
        assert [one for one in both.in_force if one.alert.source == source] == list(alone.in_force)
        assert [one for one in both.ended if one.alert.source == source] == list(alone.ended)


@settings(max_examples=100, deadline=None)
@given(documents(), st.integers(0, 20))
def test_the_state_stays_the_same_until_its_next_change(alerts: list[Alert], hours: int) -> None:
    here = arrived(_distinct(alerts), NOW - HOUR)
    now = NOW + hours * HOUR
    state = state_of(here, now, LIVE)
    until = state.next_change or now + 99 * HOUR
    assert until > now
    later = state_of(here, until - timedelta(microseconds=1), LIVE)
    assert replace(later, next_change=None) == replace(state, next_change=None)
    if state.next_change is not None:
        assert state_of(here, until, LIVE).next_change != until
