"""Polls of sources of alerts reach the screens: a change as a new state, a newer time without one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from server.content.store_snapshot import StoreSnapshot
from server.core import wire
from server.core.alerts.polls_view import PollView
from server.core.areas import AreaTree
from server.core.times import to_ms
from server.live.rotation.alert_polls import AlertPolls
from server.live.rotation.director import Director
from server.live.rotation.live_board import LiveBoard
from server.live.rotation.on_air import OnAir
from server.store.database.engine import Database
from server.store.notices import notices
from tests.cast import AREAS, EDITOR, NOW, notice
from tests.live.studio import COMMUNE, HALL, STREET, RecordingPublisher, Studio, beat, glass, published_by, revisions


@dataclass
class Polls:
    """The polls that a director reads; ``reads`` counts how often."""

    now: tuple[PollView, ...] = ()
    reads: int = field(default=0)

    def __call__(self, _db: Database, _now: datetime) -> tuple[PollView, ...]:
        self.reads += 1
        return self.now


def begun(
    house: Studio, polls: Polls, silent_after: timedelta = timedelta(minutes=10)
) -> tuple[Director, RecordingPublisher]:
    director = house.direct(read_polls=polls, silent_after=silent_after)
    beat(director)
    beat(director)
    published = published_by(director)
    published.take()
    return director, published


def heard(house: Studio) -> PollView:
    return PollView("khi-tuong", "Đài khí tượng", house.clock(), frozenset({HALL, COMMUNE}))


def test_a_board_on_which_no_source_counts_has_null_in_its_state(house: Studio) -> None:
    director, _ = begun(house, Polls((heard(house),)))
    data = wire.AlertData(("Đài khí tượng",), to_ms(NOW), good=True)
    assert glass(director, HALL).alerts == glass(director, COMMUNE).alerts == data
    assert glass(director, STREET).alerts is None


def test_a_good_poll_changes_the_answer_to_sync_but_no_revision(house: Studio) -> None:
    polls = Polls((heard(house),))
    director, published = begun(house, polls)
    before = revisions(director)
    for _ in range(5):
        house.clock.move(minutes=2)
        polls.now = (heard(house),)
        beat(director)
    assert published.of("state") == []
    assert revisions(director) == before
    answer = wire.synced(1, 2, house.clock(), glass(director, HALL))
    assert answer["alerts"]["since"] == to_ms(house.clock())


def test_ten_minutes_of_silence_and_its_end_are_one_new_state_each_on_the_boards_concerned(house: Studio) -> None:
    polls = Polls((heard(house),))
    director, published = begun(house, polls)
    house.clock.move(minutes=9, seconds=59)
    beat(director)
    assert published.of("state") == []
    house.clock.move(seconds=1)
    beat(director)
    assert published.boards("state") == {HALL, COMMUNE}
    assert [one.alerts.good for one in (glass(director, HALL),) if one.alerts] == [False]
    published.take()
    polls.now = (heard(house),)
    house.clock.move(seconds=15)
    beat(director)
    beat(director)
    assert len(published.of("state", board=HALL)) == 1


def test_the_time_of_the_configuration_is_told_and_kept(house: Studio) -> None:
    director, published = begun(house, Polls((heard(house),)), timedelta(minutes=20))
    house.clock.move(minutes=19, seconds=59)
    beat(director)
    assert published.of("state") == []
    house.clock.move(seconds=1)
    beat(director)
    assert [(one.good, one.silent_after) for one in (glass(director, HALL).alerts,) if one] == [(False, 1_200_000)]


def test_a_poll_of_the_future_is_no_data(house: Studio) -> None:
    """It was noted while the clock was ahead; taken for a good one it would hide silence for as long."""
    ahead = replace(heard(house), last_good=house.clock() + timedelta(days=1))
    director, _ = begun(house, Polls((ahead,)))
    assert [one.good for one in (glass(director, HALL).alerts,) if one] == [False]


def test_polls_are_read_at_every_change_and_four_times_a_minute(house: Studio) -> None:
    polls = Polls()
    director, _ = begun(house, polls)
    before = polls.reads
    for _ in range(60):
        house.clock.move(seconds=1)
        beat(director)
    assert polls.reads == before + 4
    notices.post(house.db, notice(), actor=EDITOR.slug, now=house.clock())
    beat(director)
    assert polls.reads == before + 5


class Boards(dict[str, LiveBoard]):
    """Boards on air; ``looks`` counts how often all of them were looked at."""

    looks = 0

    def items(self) -> Any:
        self.looks += 1
        return super().items()


def test_boards_are_looked_at_only_when_what_they_say_may_change(house: Studio) -> None:
    boards, polls = Boards(), Polls((heard(house),))
    on_air = OnAir("e", boards, snapshot=StoreSnapshot(AreaTree(()), (), {}, {}, {}, ()))
    part = AlertPolls(on_air, polls, house.clock, lambda work: work(house.db), timedelta(seconds=70))
    for _ in range(5):
        part.update(at_once=False)
    assert boards.looks == 1
    house.clock.move(seconds=60)
    part.update(at_once=False)
    assert (boards.looks, polls.reads) == (2, 2)
    house.clock.move(seconds=9)
    part.update(at_once=False)
    assert boards.looks == 2
    house.clock.move(seconds=1)
    part.update(at_once=False)
    assert (boards.looks, polls.reads) == (3, 2), "data fail now"
    part.update(at_once=True)
    assert (boards.looks, polls.reads) == (4, 3)


def test_a_draft_of_an_alert_stops_a_board_from_saying_that_there_is_none(house: Studio) -> None:
    director, published = begun(house, Polls((heard(house),)))
    draft = notice(
        state="drafted", created_by="system", origin="khi-tuong/x/1", areas=(AREAS[0].slug,), boards=(HALL,)
    )
    posted = notices.post(house.db, draft, actor=EDITOR.slug, now=NOW)
    house.clock.move(seconds=15)
    beat(director)
    assert [one.waiting for slug in (HALL, COMMUNE) if (one := glass(director, slug).alerts)] == [True, False]
    assert published.boards("state") == {HALL}
    house.clock.now = posted.until
    beat(director)
    assert [one.waiting for slug in (HALL,) if (one := glass(director, slug).alerts)] == [False]
