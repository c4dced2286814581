"""Whatever people do, no feed has an item one second later that is not approved and shown by a public board.

Random acts of operators and editors, and time, run against a real store. The oracle knows only what was done, not how
feeds are made.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from server.core.model import Window
from server.store.announcements import announcements
from server.store.boards import boards, panics
from server.store.notices import actions, notices
from server.store.sources import stories, story_queries
from tests.cast import BOARDS, DAY, HOUR, NOW, TIN_TINH, TIN_XA, announcement, entry, notice
from tests.desk.office import Office, office_on
from tests.desk.public.feeds.conftest import public_config

CHAINS = {"hoi-truong": {"tinh"}, "xa-minh-tan": {"tinh", "xa-minh-tan"}, "pho-dong-hai": {"tinh", "xa-dong-hai"}}
LANES = {"hoi-truong": {"tin-tinh"}, "xa-minh-tan": {"tin-tinh", "tin-xa"}, "pho-dong-hai": {"tin-tinh"}}
AREAS = ("tinh", "xa-minh-tan", "xa-dong-hai")
STEPS = ("submit", "return", "approve", "requeue", "withdraw", "restore", "reinstate")
LAN = "lan"
# Where a step leads to, and from where it is possible; written from the rules of the newsroom, not from the code.
MOVES: dict[str, tuple[set[str], str]] = {
    "submit": ({"draft", "returned"}, "submitted"),
    "return": ({"submitted"}, "returned"),
    "approve": ({"draft", "returned", "submitted"}, "approved"),
    "requeue": ({"approved", "returned", "withdrawn"}, "submitted"),
    "withdraw": ({"draft", "submitted", "returned", "approved"}, "withdrawn"),
    "restore": ({"withdrawn"}, "draft"),
    "reinstate": ({"withdrawn"}, "approved"),
}
Kind = Literal["announcement", "story", "notice"]


@dataclass(slots=True)
class Known:
    """What the oracle knows of an item. ``where``: slugs of areas, for a story the slug of its source."""

    kind: Kind
    id: int
    where: str
    state: str
    start: datetime
    until: datetime

    @property
    def key(self) -> str:
        return f"{self.kind[0]}{self.id}"


@dataclass(slots=True)
class World:
    """The office, and what was done in it."""

    office: Office
    items: list[Known] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    panicking: set[str] = field(default_factory=set)

    def word(self, item: Known) -> str:
        """A word that only the texts of this item have."""
        return f"{item.kind}x{item.id}x"

    def expected(self, board: str) -> set[str]:
        if board in self.hidden or self.panicking & CHAINS[board]:
            return set()
        now = self.office.now
        return {
            item.key
            for item in self.items
            if item.state == "approved"
            and item.start <= now < item.until
            and (item.where in CHAINS[board] or item.where in LANES[board])
        }


New = st.tuples(
    st.just("new"), st.sampled_from(("announcement", "notice", "story")), st.sampled_from(AREAS),
    st.sampled_from(("draft", "submitted", "approved")), st.integers(-1, 2), st.integers(1, 3),
)  # fmt: skip
Step = st.tuples(st.just("step"), st.sampled_from(STEPS), st.integers(0, 9))
Other = st.tuples(st.sampled_from(("hide", "panic", "wait")), st.integers(0, 2))
Act = st.one_of(New, New, Step, Step, Step, Other)


@settings(
    max_examples=6, deadline=None, phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(Act, min_size=4, max_size=10))
def test_feeds_hold_exactly_what_public_boards_show(office_template: Path, acts: list[tuple[object, ...]]) -> None:
    with TemporaryDirectory() as folder:
        office = office_on(office_template, Path(folder))
        office.config = public_config()
        world = World(office)
        for act in acts:
            _do(world, act)
            office.later(seconds=1)
            _compare(world)
        office.db.close()


def _do(world: World, act: tuple[object, ...]) -> None:
    match act:
        case ("new", str(kind), str(area), str(state), int(begin), int(hours)):
            _new(world, kind, area, state, begin, hours)
        case ("step", str(step), int(place)) if world.items:
            _step(world, step, world.items[place % len(world.items)])
        case ("hide", int(place)):
            board = BOARDS[place]
            world.hidden ^= {board.slug}
            boards.save(world.office.db, replace(board, public=board.slug not in world.hidden), actor=LAN, now=NOW)
        case ("panic", int(place)):
            area = AREAS[place]
            act_of = panics.end if area in world.panicking else panics.begin
            act_of(world.office.db, area, actor=LAN, now=world.office.now)
            world.panicking ^= {area}
        case ("wait", int(hours)):
            world.office.later(hours=hours)


def _new(world: World, kind: str, area: str, state: str, begin: int, hours: int) -> None:
    db, now, number = world.office.db, world.office.now, len(world.items) + 1
    if kind == "announcement":
        start = now + begin * HOUR
        made = Known("announcement", 0, area, state, start, start + hours * HOUR)
        made.id = announcements.post(
            db, announcement(area=area, state="draft", created=now, windows=(Window(start, made.until),)), actor=LAN
        ).id
        with_word = replace(announcements.get(db, made.id), title=world.word(made), text=world.word(made))
        announcements.revise(db, with_word, actor=LAN, now=now)
        world.items.append(replace(made, state="draft"))
        if state != "draft":
            _step(world, "submit" if state == "submitted" else "approve", world.items[-1])
    elif kind == "notice":
        live = state == "approved"
        made = Known("notice", 0, area, state, now, now + hours * HOUR)
        stored = notice(areas=(area,), issued=now, until=made.until, state="live" if live else "drafted")
        made.id = notices.post(db, stored, actor=LAN, now=now).id
        world.items.append(made)
    else:
        source = TIN_TINH if area == "tinh" else TIN_XA
        stories.save(
            db, source, [entry(f"bai-{number}", title=f"Tin số {number} {'abcdefghijkl'[number % 12] * 9}")],
            images={}, now=now,
        )  # fmt: skip
        newest = max(story_queries.of_source(db, source.slug, most=50), key=lambda one: one.id)
        first = "approved" if source is TIN_TINH else "submitted"
        world.items.append(Known("story", newest.id, source.slug, first, now, newest.published + 7 * DAY))


def _step(world: World, step: str, item: Known) -> None:
    db, now = world.office.db, world.office.now
    if item.kind == "announcement":
        possible, target = MOVES[step]
        if item.state not in possible:
            return
        if target in ("approved", "submitted") and item.until <= now:
            return  # nobody would ever see it, so it is refused
        announcements.take(db, item.id, step, actor=LAN, now=now, reason="vì thế")
        item.state = target
        item.start = max(item.start, now) if target == "approved" else item.start
    elif item.kind == "story":
        if step == "approve" and item.state == "submitted":
            stories.approve(db, item.id, actor=LAN, now=now)
            item.state = "approved"
        elif step == "withdraw" and item.state != "withdrawn":
            stories.withdraw(db, item.id, actor=LAN, now=now)
            item.state = "withdrawn"
    elif step == "withdraw" and item.until > now:
        if item.state == "approved":
            notices.clear(db, item.id, actor=LAN, now=now)
        elif item.state != "withdrawn":
            actions.discard(db, item.id, actor=LAN, now=now)
        item.state = "withdrawn"


FILES = (
    *(f"/board/{board}/{name}" for board in CHAINS for name in ("feed.atom", "calendar.ics")),
    *(f"/embed/board/{board}" for board in CHAINS),
    *("/area/tinh/feed.json", "/data/items.json", "/data/postings.csv"),
)


def _compare(world: World) -> None:
    browser = world.office.browser()
    answers = {path: browser.get(path) for path in FILES}
    texts = {path: one.text if one.status_code == 200 else "" for path, one in answers.items()}
    everywhere = set[str]()
    for board in CHAINS:
        expected = world.expected(board)
        everywhere |= expected
        assert _found(texts[f"/board/{board}/feed.atom"]) == expected
        assert (answers[f"/board/{board}/feed.atom"].status_code == 404) is (board in world.hidden)
        assert set(re.findall(r"/item/([as]\d+)", texts[f"/embed/board/{board}"])) <= expected
        confirmed = [one for one in texts[f"/board/{board}/calendar.ics"].split("BEGIN:VEVENT") if "CONFIRMED" in one]
        assert {key for one in confirmed for key in re.findall(r"UID:([an]\d+)", one)} <= expected
    assert _found(texts["/area/tinh/feed.json"]) == everywhere
    assert {one["id"] for one in json.loads(texts["/data/items.json"])["items"]} == everywhere
    for item in world.items:
        if item.kind == "announcement" and item.key not in everywhere:
            assert world.word(item) not in "".join(texts.values())
    _compare_single_items(world, everywhere)


def _found(text: str) -> set[str]:
    return set(re.findall(r"2026:item/([asn]\d+)", text))


def _compare_single_items(world: World, everywhere: set[str]) -> None:
    browser = world.office.browser()
    for item in world.items[-2:]:
        if item.kind == "notice":
            continue
        shown = item.key in everywhere
        assert (browser.get(f"/embed/item/{item.key}").status_code == 200) is shown
        assert (browser.get(f"/item/{item.key}.ics").status_code == 200) is (shown and item.kind == "announcement")
