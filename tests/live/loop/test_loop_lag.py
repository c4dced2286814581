"""The lag of the event loop: how much longer a sleep takes than asked for; its maximum of the last minute or two."""

from __future__ import annotations

import pytest

from server.live.loop.loop_lag import INTERVAL_SECONDS, MINUTE, LoopLag


def test_the_worst_lag_is_known_for_one_to_two_minutes() -> None:
    now, seen, extra = [0.0], list[float](), [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds + extra[0]

    loop_lag = LoopLag(lambda: now[0], sleep, seen.append)
    loop_lag.measure()
    extra[0] = 0.25
    loop_lag.measure()
    extra[0] = 0.0
    assert seen == pytest.approx([0.0, 0.25])
    for minutes, worst in ((1.0, 0.25), (2.1, 0.0)):
        while now[0] < minutes * MINUTE:
            loop_lag.measure()
        loop_lag.measure()
        assert loop_lag.worst == pytest.approx(worst, abs=1e-6)
    assert INTERVAL_SECONDS < 1
