"""Hypothesis state machine: a source edits, reorders, repeats, renames, drops and relists its stories.

Each real story stays one Story, whose versions are the real changes; a withdrawn story is never shown again.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from feeds.entry import Entry
from server.store.database.engine import Database
from server.store.sources import stories
from server.store.tables import stories as rows
from tests.cast import EDITOR, HOUR, NOW, TIN_TINH
from tests.postgres import Postgres
from tests.store.sources.readings import newest

TITLES = (
    "Xã Minh Tân hoàn thành nạo vét kênh mương",
    "Lịch cắt điện để nâng cấp lưới điện thôn Đoài",
    "Khám mắt miễn phí cho người cao tuổi",
    "Mời bà con dự họp về nước sạch nông thôn",
)
NUMBERS = st.integers(0, len(TITLES) - 1)


@dataclass
class Real:
    """One real story: its current form in the source, and what has changed in it since the last reading.

    ``number`` is its place in TITLES; ``guid``, ``address`` and ``edits`` count the changes of its id, link and text.
    ``shouted``: its title is in capitals; ``listed``: the source lists it. ``moved`` and ``edited``: its link or text
    has changed since it was read. ``said`` has the (edits, address) of each version that was read.
    """

    number: int
    guid: int = 0
    address: int = 0
    edits: int = 0
    shouted: bool = False
    listed: bool = False
    moved: bool = False
    edited: bool = False
    said: list[tuple[int, int]] = field(default_factory=list)
    withdrawn: bool = False

    def entry(self, duplicate: bool = False) -> Entry:
        title = TITLES[self.number] + (f" (cập nhật lần {self.edits})" if self.edits else "")
        return Entry(
            id=f"guid-{self.number}-{self.guid}{'-b' if duplicate else ''}",
            title=title.upper() if self.shouted else title,
            summary=f"Chi tiết của tin {self.number}, bản {self.edits}.",
            link=f"https://tinh.example.vn/{self.number}/{self.address}?utm_source=rss{self.guid}",
            # Story 0 never has a date.
            published=None if self.number == 0 else NOW - self.number * HOUR,
        )


class Source(RuleBasedStateMachine):
    """Simulates a source that misbehaves in all these ways, and the store that reads it."""

    opened: Callable[[], Database]
    closed: Callable[[Database], None]

    def __init__(self) -> None:
        super().__init__()
        self.db = self.opened()
        self.now = NOW
        self.real = [Real(number) for number in range(len(TITLES))]

    def teardown(self) -> None:
        self.closed(self.db)

    @rule(number=NUMBERS, listed=st.booleans())
    def list_or_drop(self, number: int, listed: bool) -> None:
        self.real[number].listed = listed

    @rule(number=NUMBERS)
    def edit(self, number: int) -> None:
        one = self.real[number]
        if not one.moved:  # with text, id and address all new it would be another story
            one.edits, one.edited = one.edits + 1, True

    @rule(number=NUMBERS)
    def shout(self, number: int) -> None:
        self.real[number].shouted ^= True

    @rule(number=NUMBERS)
    def change_the_id(self, number: int) -> None:
        self.real[number].guid += 1

    @rule(number=NUMBERS)
    def move_with_another_id(self, number: int) -> None:
        one = self.real[number]
        if not one.edited:
            one.guid, one.address, one.moved = one.guid + 1, one.address + 1, True

    @rule(data=st.data(), doubled=st.sets(NUMBERS))
    def read(self, data: st.DataObject, doubled: set[int]) -> None:
        self.now += timedelta(minutes=15)
        said = [one.entry() for one in self.real if one.listed]
        said += [one.entry(duplicate=True) for one in self.real if one.listed and one.number in doubled]
        stories.save(self.db, TIN_TINH, data.draw(st.permutations(said)), images={}, now=self.now)
        for one in self.real:
            if one.listed:
                one.moved = one.edited = False
                # A new address is a new version too, because the QR code on the slide leads there.
                if not one.withdrawn and (not one.said or one.said[-1] != (one.edits, one.address)):
                    one.said.append((one.edits, one.address))

    @rule(number=NUMBERS)
    def withdraw(self, number: int) -> None:
        one = self.real[number]
        if one.said and not one.withdrawn:
            stories.withdraw(self.db, self.held(number), actor=EDITOR.slug, now=self.now)
            one.withdrawn = True

    @invariant()
    def each_real_story_is_one_story_with_its_history(self) -> None:
        wanted = select(rows.c.summary, rows.c.version, rows.c.state)
        with self.db.read() as conn:
            held = {int(row.summary.split()[4][:-1]): row for row in conn.execute(wanted)}
            assert len(held) == len(conn.execute(wanted).all()), "one real story is stored twice"
        assert set(held) == {one.number for one in self.real if one.said}
        for one in self.real:
            if one.said:
                assert held[one.number].version == len(one.said)
                assert (held[one.number].state == "withdrawn") is one.withdrawn

    @invariant()
    def withdrawn_stories_are_not_shown(self) -> None:
        shown = newest(self.db, TIN_TINH.slug, most=99)
        assert len(shown) == sum(bool(one.said) and not one.withdrawn for one in self.real)

    def held(self, number: int) -> int:
        wanted = select(rows.c.id).where(rows.c.summary.startswith(f"Chi tiết của tin {number},"))
        with self.db.read() as conn:
            return int(conn.execute(wanted).scalar_one())


def _run(machine: type[Source], examples: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )


def test_nothing_reappears(sqlite_template: Path, tmp_path: Path) -> None:
    def opened() -> Database:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        shutil.copy(sqlite_template, folder / "bangtin.db")
        return Database.open("sqlite:///bangtin.db", folder)

    _run(type("OnFile", (Source,), {"opened": staticmethod(opened), "closed": staticmethod(Database.close)}), 25)


@pytest.mark.postgres
def test_nothing_reappears_on_postgresql(postgres: Postgres, postgres_template: str, tmp_path: Path) -> None:
    made: list[str] = []

    def opened() -> Database:
        made.append(f"reappears_{len(made)}")
        return Database.open(postgres.create(made[-1], template=postgres_template), tmp_path)

    def closed(db: Database) -> None:
        db.close()
        postgres.drop(made[-1])

    _run(type("OnServer", (Source,), {"opened": staticmethod(opened), "closed": staticmethod(closed)}), 5)
