"""Sources with times from a clock that was ahead are read again; simultaneous saves of states do not collide."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from server.core.model import SourceState
from server.core.sources.fetch_schedule import has_strayed
from server.store.database.errors import StoreBusy
from server.store.sources import sources
from tests.cast import NOW, TIN_TINH
from tests.worker.harvest.support import HarvestCase, fetched

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STATE = SourceState(TIN_TINH.slug, next_fetch_at=NOW)


def test_a_source_tried_in_the_future_or_due_too_far_ahead_has_strayed() -> None:
    assert has_strayed(TIN_TINH, replace(STATE, last_try=NOW + HOUR), NOW)
    assert has_strayed(TIN_TINH, replace(STATE, next_fetch_at=NOW + DAY), NOW)
    assert not has_strayed(TIN_TINH, replace(STATE, last_try=NOW, next_fetch_at=NOW + TIN_TINH.every), NOW)


def test_after_the_clock_was_set_back_a_day_every_source_is_read_again(case: HarvestCase) -> None:
    case.seed(TIN_TINH)
    case.reader.answers[TIN_TINH.url] = fetched(status=304)
    case.clock.move(days=1)
    case.harvest().tick()
    assert len(case.reader.asked) == 1
    case.clock.move(days=-1)
    case.harvest().tick()
    assert len(case.reader.asked) == 2
    assert case.state(TIN_TINH.slug).next_fetch_at < NOW + HOUR


def test_a_lease_from_the_future_does_not_hold_a_source(case: HarvestCase) -> None:
    case.seed(TIN_TINH)
    lease = timedelta(minutes=3)
    (taken,) = sources.claim_due(case.house.db, worker="a", now=NOW + HOUR, lease=lease, limit=9)
    assert taken[0].slug == TIN_TINH.slug
    assert sources.claim_due(case.house.db, worker="b", now=NOW, lease=lease, limit=9)


def test_threads_that_save_at_once_never_find_an_empty_list(case: HarvestCase) -> None:
    case.seed(TIN_TINH)
    harvest = case.harvest()

    def save(_: int) -> None:
        for _ in range(200):
            harvest._unsaved.append(STATE)
            with suppress(StoreBusy):  # the state is kept, and the next call saves it
                harvest._save()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(save, range(4))) == [None] * 4
    harvest._save()
    assert not harvest._unsaved
