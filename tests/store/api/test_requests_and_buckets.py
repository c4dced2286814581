"""Requests with an Idempotency-Key run once; a bucket gives what its size and the time allow, and no more."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.store.api import buckets, requests
from server.store.database.engine import Database
from tests.cast import DAY, NOW

SECOND = timedelta(seconds=1)


def test_a_request_runs_once_and_its_answer_is_kept(db: Database) -> None:
    assert requests.begin(db, 1, "k", "a", NOW) is None
    running = requests.begin(db, 1, "k", "a", NOW)
    assert running is not None
    assert running.status is None
    requests.end(db, 1, "k", status=201, type="application/json", body=b"{}")
    kept = requests.begin(db, 1, "k", "b", NOW)
    assert kept is not None
    assert (kept.status, kept.type, kept.body, kept.digest) == (201, "application/json", b"{}", "a")


def test_the_same_key_of_another_token_is_another_request(db: Database) -> None:
    assert requests.begin(db, 1, "k", "a", NOW) is None
    assert requests.begin(db, 2, "k", "a", NOW) is None


def test_a_request_that_was_cut_off_may_run_again_but_no_other_under_its_key(db: Database) -> None:
    later = NOW + requests.ABANDONED + SECOND
    assert requests.begin(db, 1, "k", "a", NOW) is None
    assert requests.begin(db, 1, "k", "b", later) is not None
    assert requests.begin(db, 1, "k", "a", later) is None
    assert requests.begin(db, 1, "k", "a", later) is not None


def test_a_request_that_failed_may_be_sent_again_and_an_answered_one_stays(db: Database) -> None:
    requests.begin(db, 1, "k", "a", NOW)
    requests.drop(db, 1, "k")
    assert requests.begin(db, 1, "k", "a", NOW) is None
    requests.end(db, 1, "k", status=201, type="", body=b"")
    requests.drop(db, 1, "k")
    assert requests.begin(db, 1, "k", "a", NOW) is not None


def test_requests_are_forgotten_by_the_time_they_began(db: Database) -> None:
    requests.begin(db, 1, "old", "a", NOW - DAY)
    requests.begin(db, 1, "new", "a", NOW)
    assert requests.forget(db, before=NOW) == 1
    assert requests.begin(db, 1, "old", "a", NOW) is None


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 90), st.integers(1, 40)), max_size=12), kind=st.uuids().map(str))
def test_a_bucket_never_gives_more_than_its_size_and_what_it_gained(
    db: Database, steps: list[tuple[int, int]], kind: str
) -> None:
    now, given_out = NOW, 0
    for seconds, most in steps:
        now += seconds * SECOND
        taken = buckets.take(db, 1, kind, per_minute=30, most=most, now=now)
        given_out += taken.count
        assert taken.count <= most
        assert (taken.seconds > 0) == (taken.count == 0)
        assert given_out <= 30 + (now - NOW) / SECOND / 2
        if not taken.count:
            assert buckets.take(db, 1, kind, per_minute=30, most=1, now=now + taken.seconds * SECOND).count == 1
            now, given_out = now + taken.seconds * SECOND, given_out + 1


def test_a_clock_that_was_set_back_gives_nothing(db: Database) -> None:
    assert buckets.take(db, 1, "read", per_minute=2, most=9, now=NOW).count == 2
    assert buckets.take(db, 1, "read", per_minute=2, most=1, now=NOW - DAY).count == 0
