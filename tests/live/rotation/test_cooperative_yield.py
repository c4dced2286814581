"""Long work yields to other greenlets once its time slice is used up, and not before."""

from __future__ import annotations

from server.live.rotation.cooperative_yield import SLICE_SECONDS, CooperativeYield


def test_it_yields_after_each_slice_and_not_between() -> None:
    now, turns = [0.0], list[float]()
    maybe_yield = CooperativeYield(lambda: now[0], lambda: turns.append(now[0]))
    for instant in (0.0, 0.8, 1.2, 1.9, 2.4):
        now[0] = instant * SLICE_SECONDS
        maybe_yield()
    assert turns == [1.2 * SLICE_SECONDS, 2.4 * SLICE_SECONDS]
