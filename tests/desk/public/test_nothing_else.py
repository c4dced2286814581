"""A second after any act, no public page has what is returned, withdrawn, expired, foreign or unapproved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from server.core.model import Announcement, Board, Window
from server.core.workflow import NotPossible
from server.store.announcements import announcements
from server.store.boards import boards, panics
from server.store.database.errors import NotFound, StoreError, StoreRefusal
from server.store.notices import notices
from server.store.sources import stories, story_queries
from tests.cast import BOARDS, EDITOR, HOUR, NOW, OPERATOR, SOURCES, announcement, entry, notice
from tests.desk.office import Office, office_on
from tests.desk.public.originals import keep
from tests.desk.public.reader import Reader
from tests.store.sources.readings import save

ABOVE = {"tinh": {"tinh"}, "xa-minh-tan": {"xa-minh-tan", "tinh"}, "xa-dong-hai": {"xa-dong-hai", "tinh"}}
WORD = re.compile(r"tu[abc]\d+x")
LAN = EDITOR.slug
STEPS = ("submit", "recall", "return", "approve", "requeue", "withdraw", "restore", "reinstate")


@dataclass(slots=True)
class World:
    """A store with random acts in it. Each item has a word of its own in title and text, such as "tua3x"."""

    office: Office
    reader: Reader
    count: int = 0
    words: dict[str, int] = field(default_factory=dict)

    acts: ClassVar[tuple[str, ...]] = (
        "write", "step", "step", "step", "replace", "story", "judge", "alarm", "clear", "panic", "calm",
        "hide", "wait",
    )  # fmt: skip

    def word(self, letter: str) -> str:
        self.count += 1
        return f"tu{letter}{self.count}x"

    def act(self, name: str, one: int, two: int) -> None:
        with suppress(StoreError, StoreRefusal, NotPossible, ValueError, LookupError):
            getattr(self, f"_{name}")(one, two)

    def _write(self, one: int, two: int) -> None:
        word, now = self.word("a"), self.office.now
        begin = now + timedelta(hours=one % 5 - 2)
        state = ("draft", "approved", "approved")[two % 3]
        made = announcement(
            title=f"Tin {word}", text=f"Chữ {word}", area=tuple(ABOVE)[two % 3], created=now, decided=now,
            windows=(Window(begin, begin + (one % 4 + 1) * HOUR),), state=state,
            boards=("pho-dong-hai",) if two % 4 == 2 else (), originals=(keep(self.office, word),),
        )  # fmt: skip
        self.words[word] = announcements.post(self.office.db, made, actor=OPERATOR.slug).id

    def _step(self, one: int, two: int) -> None:
        ids = [id for word, id in self.words.items() if word.startswith("tua")]
        id, step = ids[one % len(ids)] if ids else 0, STEPS[two % len(STEPS)]
        announcements.take(self.office.db, id, step, actor=LAN, now=self.office.now, reason="Sai")

    def _replace(self, one: int, _two: int) -> None:
        every = announcements.all(self.office.db)
        before = every[one % max(1, len(every))]
        word = self.word("a")
        made = replace(
            before, title=f"Tin {word}", text=f"Chữ {word}", state="approved", replaces=before.id,
            originals=(keep(self.office, word),), created=self.office.now, decided=self.office.now,
        )  # fmt: skip
        self.words[word] = announcements.post(self.office.db, made, actor=LAN).id

    def _story(self, one: int, two: int) -> None:
        word = self.word("b")
        age = timedelta(days=(0, 6, 29, 40)[one % 4])
        read = entry(word, title=f"Tin {word}", summary=f"Chữ {word}", published=self.office.now - age)
        save(self.office.db, read, source=SOURCES[two % 2], after=self.office.now - NOW)

    def _judge(self, one: int, two: int) -> None:
        found = story_queries.waiting(self.office.db, [source.slug for source in SOURCES])
        if found and two % 2:
            stories.approve(self.office.db, found[one % len(found)].id, actor=LAN, now=self.office.now)
        else:
            stories.withdraw(self.office.db, one % 5 + 1, actor=LAN, now=self.office.now)

    def _alarm(self, one: int, two: int) -> None:
        word, now = self.word("c"), self.office.now
        made = notice(
            headline=f"Lũ {word}", acts=(), areas=(tuple(ABOVE)[one % 3],), issued=now,
            until=now + (two % 3 + 1) * HOUR, state="drafted" if two % 5 == 0 else "live",
        )  # fmt: skip
        self.words[word] = notices.post(self.office.db, made, actor=LAN, now=now).id

    def _clear(self, one: int, _two: int) -> None:
        live = notices.live(self.office.db, self.office.now)
        notices.clear(self.office.db, live[one % max(1, len(live))].id, actor=LAN, now=self.office.now)

    def _panic(self, one: int, _two: int) -> None:
        panics.begin(self.office.db, tuple(ABOVE)[one % 3], actor=LAN, now=self.office.now)

    def _calm(self, one: int, _two: int) -> None:
        panics.end(self.office.db, tuple(ABOVE)[one % 3], actor=LAN, now=self.office.now)

    def _hide(self, one: int, two: int) -> None:
        board = boards.get(self.office.db, BOARDS[one % 3].slug)
        boards.save(self.office.db, replace(board, public=bool(two % 2)), actor=LAN, now=self.office.now)

    def _wait(self, one: int, two: int) -> None:
        self.office.later(hours=one % 3, days=two % 2 * (one % 4))

    # What may be seen, decided anew from single rows and not by the queries of the pages.

    def visible(self) -> list[Board]:
        safe = {one.area for one in panics.on(self.office.db)}
        return [board for board in boards.all(self.office.db) if board.public and safe.isdisjoint(ABOVE[board.area])]

    def on_list(self, board: Board) -> set[str]:
        """The words of all that the board may show now."""
        return {word for word, id in self.words.items() if self._shows(board, word, id)} | self._stories(board)

    def _shows(self, board: Board, word: str, id: int) -> bool:
        now = self.office.now
        if word.startswith("tuc"):
            alarm = notices.get(self.office.db, id)
            return alarm.state == "live" and now < alarm.until and bool(ABOVE[board.area] & set(alarm.areas))
        one = announcements.get(self.office.db, id)
        return one.state == "approved" and _reaches(one, board) and any(
            window.start <= now and (window.until is None or now < window.until) for window in one.windows
        )  # fmt: skip

    def _stories(self, board: Board) -> set[str]:
        days = {lane.source: lane.newest_days for lane in board.lanes}
        every = (stories.get(self.office.db, id) for id in range(1, self.count + 1) if _there(self.office, id))
        return {
            one.title.removeprefix("Tin ")
            for one in every
            if one.state == "approved"
            and one.source in days
            and self.office.now - one.published <= timedelta(days=days[one.source])
        }


def _there(office: Office, id: int) -> bool:
    with suppress(NotFound):
        return bool(stories.get(office.db, id))
    return False


def _reaches(one: Announcement, board: Board) -> bool:
    return one.area in ABOVE[board.area] and (not one.boards or board.slug in one.boards)


@contextmanager
def world(copied: Path) -> Iterator[World]:
    with TemporaryDirectory() as folder:
        office = office_on(copied, Path(folder))
        yield World(office, Reader.of(office))
        office.db.close()


def words_of(text: str) -> set[str]:
    return set(WORD.findall(text))


def check(here: World) -> None:
    """Reads every page; each holds no word but those of what a visible board shows."""

    def get(path: str) -> str:
        return here.reader.get(path).text

    seen = {board.slug: here.on_list(board) for board in here.visible()}
    alarms = {word for shown in seen.values() for word in shown if word.startswith("tuc")}
    assert words_of(get("/")) == alarms
    for board in BOARDS:
        shown = seen.get(board.slug, set())
        # Of stories, a lane shows at most some, and of duplicates one.
        least = {word for word in shown if not word.startswith("tub")}
        assert least <= words_of(get(f"/board/{board.slug}")) <= shown
        assert least <= words_of(get(f"/board/{board.slug}/parts")) <= shown
        assert words_of(get(f"/board/{board.slug}/slide")) <= shown
        assert words_of(get(f"/board/{board.slug}?q=tin")) <= shown
    every = set().union(*seen.values())
    for word, id in here.words.items():
        if word.startswith("tua"):
            answer = here.reader.get(f"/item/a{id}")
            assert words_of(answer.text) - alarms == ({word} if answer.status_code == 200 else set())
            assert answer.status_code == 200 or word not in every
            check_original(here, word, id, there=answer.status_code == 200)
        elif word.startswith("tuc"):
            assert words_of(get(f"/notice/{id}")) == alarms & {word}
    for id in range(1, here.count + 1):
        assert words_of(get(f"/item/s{id}")) - alarms <= {word for word in every if word.startswith("tub")}
    assert set(re.findall(r"/item/(a\d+)", get("/sitemap.xml"))) == {
        f"a{here.words[word]}" for word in every if word.startswith("tua")
    }


def check_original(here: World, word: str, id: int, *, there: bool) -> None:
    """The uploaded file of an announcement is there as long as its page is."""
    one = announcements.get(here.office.db, id)
    answer = here.reader.get(f"/item/a{id}/original/{one.originals[0].hash}")
    assert (answer.status_code == 200) == there
    assert words_of(answer.text) == ({word} if there else set())
    if one.state == "withdrawn":
        assert answer.status_code in (404, 410)  # 404: its time had not come


# An example takes a second, so a failing one is not made smaller.
@settings(max_examples=8, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    acts=st.lists(
        st.tuples(st.sampled_from(World.acts), st.integers(0, 11), st.integers(0, 11)), min_size=4, max_size=9
    )
)
def test_pages_hold_what_boards_may_show_and_nothing_else(
    office_template: Path, acts: list[tuple[str, int, int]]
) -> None:
    with world(office_template) as here:
        here.act("write", 2, 1)
        here.act("story", 0, 0)
        check(here)
        for act in acts:
            here.act(*act)
            here.office.later(seconds=1)
            check(here)


def test_the_words_are_found_where_they_stand(office_template: Path) -> None:
    with world(office_template) as here:
        for act in (("write", 2, 1), ("story", 0, 0), ("alarm", 0, 1)):
            here.act(*act)
        assert words_of(here.reader.get("/board/xa-minh-tan").text) == {"tua1x", "tub2x", "tuc3x"}
        assert words_of(here.reader.get("/item/s1").text) == {"tub2x", "tuc3x"}
