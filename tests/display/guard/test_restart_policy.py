"""When and how often the guard reloads or restarts a browser that does not answer."""

from __future__ import annotations

from display.guard.restart_policy import RestartPolicy


def test_silence_is_answered_by_a_reload_and_then_by_a_restart() -> None:
    policy = RestartPolicy(beat=100.0)
    assert [policy.due(100.0 + seconds) for seconds in (0, 5, 14.9)] == ["wait"] * 3
    assert policy.due(115.0) == "reload"
    helped = policy.helped(115.0)
    assert helped.due(120.0) == "wait"
    assert helped.due(125.0) == "restart"
    assert helped.alive(121.0).due(135.0) == "wait"
    assert helped.alive(121.0).due(136.0) == "reload"


def test_a_start_has_time_for_its_first_answer() -> None:
    assert RestartPolicy(beat=0.0).started(1_000.0).due(1_014.0) == "wait"


def test_after_three_more_starts_in_ten_minutes_one_every_five_minutes_for_ever() -> None:
    policy, now, waited = RestartPolicy(beat=0.0), 0.0, []
    for _ in range(20):
        pause = policy.pause(now)
        waited.append(pause)
        now += pause
        policy = policy.started(now)
        now += 25.0
    assert waited == [0.0] * 4 + [275.0] * 16


def test_one_that_has_lived_for_ten_minutes_is_trusted_again() -> None:
    policy = RestartPolicy(beat=0.0)
    for second in range(4):
        policy = policy.started(float(second))
    assert policy.pause(4.0) > 0
    assert policy.alive(500.0).pause(500.0 - 300.0) > 0
    assert policy.alive(603.0).pause(604.0) == 0.0


def test_a_browser_that_dies_once_a_day_is_started_at_once() -> None:
    policy = RestartPolicy(beat=0.0)
    for day in range(30):
        assert policy.pause(day * 86_400.0) == 0.0
        policy = policy.started(day * 86_400.0)
