"""A board's timeline: the past as it was shown, the future as it is planned, and urgent notices in both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from server.content.board_timeline import Hour, TooFar, look
from server.content.store_snapshot import read_snapshot
from server.core.times import to_ms
from server.store.notices import notices
from tests.cast import DAY, EDITOR, HOI_TRUONG, HOUR, MINUTE, NOW, TIN_TINH, entry, notice
from tests.live.studio import Studio, beat, on_glass, renderer


def hour(house: Studio, since: timedelta, until: timedelta) -> Hour:
    held = read_snapshot(house.db, house.clock())
    start, end = to_ms(NOW + since), to_ms(NOW + until)
    return look(house.db, renderer(), held, HOI_TRUONG, start, end, house.clock())


def test_the_past_is_as_aired_and_the_future_follows_it(house: Studio) -> None:
    house.read(TIN_TINH, entry("a"), entry("b"), entry("c"))
    director, _ = house.on_air()
    shown: dict[int, str | None] = {}
    for _ in range(100):
        house.clock.move(seconds=3)
        beat(director)
        digest, start = on_glass(director, "hoi-truong", house.clock())
        shown.setdefault(start, digest)
    house.read(TIN_TINH, entry("d", title="Tin mới đến"))
    beat(director)
    seen = hour(house, timedelta(0), timedelta(minutes=10))
    first_of_items = {each.start: each.hash for each in seen.items if each.start <= to_ms(house.clock())}
    assert first_of_items.items() <= {to_ms(NOW): first_of_items[to_ms(NOW)], **shown}.items()
    assert "Tin mới đến" not in [each.title for each in seen.items if each.until <= to_ms(house.clock())]
    assert "Tin mới đến" in [each.title for each in seen.items if each.start >= to_ms(house.clock())]
    assert seen.items[0].start == to_ms(NOW)
    assert all(a.until == b.start for a, b in pairwise(seen.items))


def test_the_future_has_a_reason_for_every_item(house: Studio) -> None:
    house.read(TIN_TINH, entry("a"), entry("b"))
    house.on_air()
    planned = hour(house, HOUR, HOUR + MINUTE)
    assert sorted(reason.word for reason in planned.reasons) == ["coming", "on"]
    house.clock.move(hours=3)
    assert hour(house, timedelta(0), MINUTE).reasons == ()


def test_urgent_notices_are_in_past_and_future(house: Studio) -> None:
    house.on_air()
    over = notices.post(house.db, notice(until=NOW + MINUTE), actor=EDITOR.slug, now=NOW)
    notices.post(house.db, notice(areas=("xa-dong-hai",)), actor=EDITOR.slug, now=NOW)
    house.clock.move(minutes=5)
    assert [each.id for each in hour(house, timedelta(0), HOUR).notices] == [over.id]
    assert hour(house, 2 * MINUTE, HOUR).notices == ()


def test_after_its_hold_an_alert_covers_every_second_slide_only(house: Studio) -> None:
    house.read(TIN_TINH, entry("a"), entry("b"), entry("c"))
    held = replace(notice(until=NOW + 2 * HOUR), holds_until=NOW + 15 * MINUTE, origin="nchmf/x/bao-1")
    alert = notices.post(house.db, held, actor=EDITOR.slug, now=NOW)
    director, _ = house.on_air()

    def covering() -> list[str | None]:
        seen = (hour(house, 30 * MINUTE + n * timedelta(seconds=5), HOUR).covering for n in range(12))
        return [None if found is None else found.headline for found in seen]

    assert hour(house, 5 * MINUTE, HOUR).covering == alert
    planned = covering()
    assert set(planned) == {None, alert.headline}
    while house.clock() < NOW + 40 * MINUTE:
        house.clock.move(seconds=20)
        beat(director)
    assert set(covering()) == {None, alert.headline}, "as it was aired"
    notices.clear(house.db, alert.id, actor=EDITOR.slug, now=house.clock())
    assert hour(house, 5 * MINUTE, HOUR).covering is not None
    assert hour(house, 41 * MINUTE, HOUR).covering is None
    (told,) = hour(house, 30 * MINUTE, HOUR).notices
    assert told.holds_until == NOW + 15 * MINUTE


def test_more_than_ten_days_ahead_is_refused(house: Studio) -> None:
    house.on_air()
    with pytest.raises(TooFar, match="10 ngày"):
        hour(house, 10 * DAY, 10 * DAY + MINUTE)
