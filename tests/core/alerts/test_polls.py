"""What polls of an index say: gone, silent; and what they do not say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from server.core.alerts.document import Key
from server.core.alerts.polls import Absence, Poll, absences_after, silent_since
from tests.cast import DAY, MINUTE, NOW
from tests.core.alerts.documents import LIVE, alert

COMPLETE = replace(LIVE, index="complete")
ONE, OTHER = alert("bao-1").key, alert("bao-2").key
NONE: frozenset[Key] = frozenset()


def poll(number: int, listed: Iterable[Key] = (), *, good: bool = True, cut: bool = False) -> Poll:
    return Poll(NOW + number * 2 * MINUTE, good, frozenset(listed), cut)


def after(*polls: Poll) -> dict[Key, Absence]:
    found: dict[Key, Absence] = {}
    for each in polls:
        found = absences_after(each, found, [ONE, OTHER], COMPLETE)
    return found


def gone_since(absences: dict[Key, Absence]) -> dict[Key, datetime]:
    """What has left its index, and since when."""
    return {key: one.since for key, one in absences.items() if one.since is not None}


def test_missing_in_three_good_polls_is_gone() -> None:
    assert gone_since(after(poll(1, [OTHER]), poll(2, [OTHER]))) == {}
    assert gone_since(after(poll(1, [OTHER]), poll(2, [OTHER]), poll(3, [OTHER]))) == {ONE: poll(3).at}


def test_it_stays_gone_since_the_third_poll_until_it_is_listed_again() -> None:
    gone = [poll(n, [OTHER]) for n in (1, 2, 3, 4, 5)]
    assert gone_since(after(*gone)) == {ONE: poll(3).at}
    assert gone_since(after(*gone, poll(6, [ONE, OTHER]))) == {}
    assert gone_since(after(*gone, poll(6, [ONE, OTHER]), poll(7, [OTHER]))) == {}


def test_a_failed_or_cut_poll_ends_nothing() -> None:
    failed, cut = poll(2, good=False), poll(3, cut=True)
    assert gone_since(after(poll(1), failed, cut, failed, cut)) == {}
    assert after(poll(1), failed, cut) == {ONE: Absence(1), OTHER: Absence(1)}
    assert set(gone_since(after(poll(1), failed, cut, poll(4), poll(5)))) == {ONE, OTHER}


def test_an_unchanged_index_is_a_good_poll_that_lists_what_it_listed() -> None:
    unchanged = Poll(NOW + 9 * MINUTE, True, NONE, unchanged=True)
    assert after(poll(1, [OTHER]), unchanged) == {ONE: Absence(2)}
    assert after(poll(1, [ONE, OTHER]), unchanged, unchanged, unchanged) == {}


def test_missing_in_an_index_of_the_newest_means_nothing() -> None:
    found: dict[Key, Absence] = {}
    for number in range(5):
        found = absences_after(poll(number), found, [ONE], LIVE)
    assert found == {}


def test_what_is_no_longer_in_force_is_forgotten() -> None:
    assert absences_after(poll(2), {ONE: Absence(1)}, [OTHER], COMPLETE) == {OTHER: Absence(1)}


def test_a_source_that_gives_no_data_for_ten_minutes_is_told() -> None:
    assert silent_since(NOW, NOW - DAY, NOW + 9 * MINUTE, LIVE) is None
    assert silent_since(NOW, NOW - DAY, NOW + 10 * MINUTE, LIVE) == NOW
    assert silent_since(None, NOW, NOW + 10 * MINUTE, LIVE) == NOW
    assert silent_since(NOW + 10 * MINUTE, NOW, NOW, LIVE) == NOW, "it was noted while the clock was ahead"
