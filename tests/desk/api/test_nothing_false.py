"""Whatever people do, the API answers nothing that is not approved, withdrawn, over, or of another area.

Random acts at the desk and of time; after each, everything that a key of one commune can read is read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core.model import Announcement, AnnouncementState, Notice, NoticeState, Source, Story, Trust, Window
from server.core.workflow import NotPossible, phase
from server.store.announcements import announcements
from server.store.database.errors import StoreRefusal
from server.store.notices import actions, notices
from server.store.sources import stories, story_queries
from tests import cast
from tests.cast import AREAS, HOUR, SOURCES, TIN_XA
from tests.desk.api.programs import UNLIMITED, Program, data, program
from tests.desk.office import Office, office_on

AREA, STEPS = "xa-minh-tan", 12
Act = Callable[[Office], object]


def announce(area: str, state: AnnouncementState, begin: int, hours: int) -> Act:
    def act(office: Office) -> object:
        start = office.now + begin * HOUR
        made = cast.announcement(area=area, created=office.now, windows=(Window(start, start + hours * HOUR),))
        return announcements.post(office.db, replace(made, state=state), actor="lan")

    return act


def step(id: int, name: str) -> Act:
    return lambda office: announcements.take(office.db, id, name, actor="lan", now=office.now, reason="x")


def notify(area: str, state: NoticeState, hours: int) -> Act:
    def act(office: Office) -> object:
        made = cast.notice(areas=(area,), issued=office.now, until=office.now + hours * HOUR, state=state)
        return notices.post(office.db, made, actor="lan", now=office.now)

    return act


def end(id: int, clears: bool) -> Act:
    done = notices.clear if clears else actions.discard
    return lambda office: done(office.db, id, actor="lan", now=office.now)


def read_source(source: Source, number: int, trust: Trust) -> Act:
    entry = cast.entry(id=f"e{number}", title=f"Tin số {number} của thôn", link=f"https://x.vn/{number}")
    return lambda office: stories.save(office.db, replace(source, trust=trust), [entry], images={}, now=office.now)


def judge(id: int, approves: bool) -> Act:
    done = stories.approve if approves else stories.withdraw
    return lambda office: done(office.db, id, actor="lan", now=office.now)


def wait(hours: int) -> Act:
    def act(office: Office) -> object:
        office.now += timedelta(hours=hours, minutes=5)
        return None

    return act


IDS, AREA_SLUGS = st.integers(1, 6), st.sampled_from([area.slug for area in AREAS])
STATES: list[AnnouncementState] = ["draft", "submitted", "approved"]
NOTICE_STATES: list[NoticeState] = ["live", "drafted"]
TRUSTS: list[Trust] = ["auto", "hold"]
ACTS = st.one_of(
    st.builds(announce, AREA_SLUGS, st.sampled_from(STATES), st.integers(-2, 2), st.integers(1, 4)),
    st.builds(step, IDS, st.sampled_from(["approve", "return", "withdraw", "requeue"])),
    st.builds(notify, AREA_SLUGS, st.sampled_from(NOTICE_STATES), st.integers(1, 3)),
    st.builds(end, IDS, st.booleans()),
    st.builds(read_source, st.sampled_from(SOURCES), st.integers(1, 5), st.sampled_from(TRUSTS)),
    st.builds(judge, IDS, st.booleans()),
    st.builds(wait, st.integers(0, 3)),
)


def expected(office: Office) -> tuple[set[int], set[int], set[int]]:
    """The ids of the announcements, notices and stories that the key of the commune may read."""
    now = office.now
    told: list[Announcement] = [one for one in announcements.all(office.db) if one.area == AREA]
    live: list[Notice] = [one for one in notices.live(office.db, now) if set(one.areas) & {AREA, "tinh"}]
    read: tuple[Story, ...] = story_queries.of_source(office.db, TIN_XA.slug, most=99)
    return (
        {one.id for one in told if phase(one, now) in ("scheduled", "on air")},
        {one.id for one in live},
        {one.id for one in read if one.state == "approved"},
    )


def read(client: Program) -> tuple[set[int], set[int], set[int]]:
    """What the key reads: in lists, and of each number singly; both must be the same."""
    found = []
    for kind in ("announcements", "notices", "stories"):
        listed = {one["id"] for one in data(client.get(kind))["items"]}
        single = {id for id in range(1, 10) if client.get(f"{kind}/{id}").status_code == 200}
        assert listed == single, kind
        found.append(listed)
    return found[0], found[1], found[2]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(acts=st.lists(ACTS, min_size=4, max_size=STEPS))
def test_the_api_answers_only_what_is_true(office_template: Path, acts: list[Act]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = office_on(office_template, Path(folder))
        office.config = UNLIMITED
        client = program(office)
        for act in acts:
            with suppress(StoreRefusal, NotPossible, ValueError):  # what is not possible at the moment is not done
                act(office)
        assert read(client) == expected(office)
        assert set(lap_of(client)) <= approved_items(office)
        office.db.close()


def lap_of(client: Program) -> list[str]:
    """The items that the key reads in the lap of its board."""
    return [one["item"] for one in data(client.get(f"boards/{AREA}/lap"))["slides"] if one["item"]]


def approved_items(office: Office) -> set[str]:
    """The items that may be on boards."""
    told = {f"announcement:{one.id}" for one in announcements.all(office.db) if one.state == "approved"}
    stored = (story_queries.of_source(office.db, source.slug, most=99) for source in SOURCES)
    return told | {f"story:{one.id}" for some in stored for one in some if one.state == "approved"}
