"""Token buckets: traffic at the limit passes, traffic above it does not, and no owner uses another owner's bucket."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from server.live.loop.token_buckets import Limit, TokenBuckets

LIMIT = Limit(10, 2)


@dataclass
class Seconds:
    """A fake monotonic clock; the test sets ``now`` (seconds)."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 12)), max_size=60))
def test_no_more_passes_than_the_bucket_held_and_gained(sent: list[tuple[float, int]]) -> None:
    time, passed = Seconds(), 0
    buckets = TokenBuckets([LIMIT], time)
    for pause, cost in sent:
        time.now += pause
        passed += cost if buckets.take("a", 0, cost) else 0
        assert passed <= LIMIT.most + LIMIT.per_second * time.now + 1e-6


def test_what_is_sent_at_the_limit_passes_for_ever() -> None:
    time = Seconds()
    buckets = TokenBuckets([LIMIT], time)
    for _ in range(1_000):
        time.now += 0.5
        assert buckets.take("a", 0, 1)


def test_owners_and_limits_do_not_share_a_bucket() -> None:
    buckets = TokenBuckets([LIMIT, LIMIT], Seconds())
    assert buckets.take("a", 0, 10)
    assert not buckets.take("a", 0, 1)
    assert buckets.take("a", 1, 10)
    assert buckets.take("b", 0, 10)


def test_the_owner_that_was_silent_longest_is_forgotten_first() -> None:
    buckets = TokenBuckets([LIMIT], Seconds(), most_owners=2)
    for owner in "abac":
        buckets.take(owner, 0, 5)
    assert len(buckets) == 2
    assert not buckets.take("a", 0, 1)
    assert buckets.take("b", 0, 10)
