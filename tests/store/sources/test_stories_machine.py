"""Hypothesis state machine: whatever is read in whatever order, each identity is one row.

Withdrawn stories stay withdrawn.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from feeds.entry import Entry
from server.store.database.engine import Database
from server.store.sources import stories
from server.store.tables import stories as rows
from tests import cast
from tests.cast import EDITOR, NOW, TIN_TINH, TIN_XA
from tests.postgres import Postgres
from tests.store.sources.readings import newest

IDS = st.sampled_from(["a", "b", "c", "d"])
WORDS = st.sampled_from(["Mưa lớn", "MƯA  LỚN", "Nắng đẹp", "Gió mùa"])
ENTRIES = st.lists(st.builds(cast.entry, IDS, title=WORDS, summary=WORDS), max_size=6)


def headline_key(entry: Entry) -> tuple[str, str]:
    return " ".join(entry.title.lower().split()), " ".join(entry.summary.lower().split())


class Newsroom(RuleBasedStateMachine):
    """Compares the store with a model of one source whose stories an editor approves."""

    opened: Callable[[], Database]
    closed: Callable[[Database], None]

    def __init__(self) -> None:
        super().__init__()
        self.db = self.opened()
        self.now = NOW
        self.versions: dict[str, list[tuple[str, str]]] = {}
        self.approved: set[str] = set()
        self.withdrawn: set[str] = set()

    def teardown(self) -> None:
        self.closed(self.db)

    @rule(entries=ENTRIES)
    def read(self, entries: list[Entry]) -> None:
        self.now += timedelta(minutes=15)
        first = {entry.id: entry for entry in reversed(entries)}
        new = changed = 0
        for entry in first.values():
            past = self.versions.setdefault(entry.id, [])
            if entry.id in self.withdrawn or (past and past[-1] == headline_key(entry)):
                continue
            new, changed = new + (not past), changed + bool(past)
            past.append(headline_key(entry))
            self.approved.discard(entry.id)
        saved = stories.save(self.db, TIN_XA, entries, images={}, now=self.now)
        assert saved == stories.Saved(new, changed, len(first) - new - changed)

    @precondition(lambda self: self.versions)
    @rule(data=st.data())
    def approve(self, data: st.DataObject) -> None:
        identity = data.draw(st.sampled_from(sorted(set(self.versions) - self.withdrawn) or [""]))
        if identity:
            stories.approve(self.db, self.id_of(identity), actor=EDITOR.slug, now=self.now)
            self.approved.add(identity)

    @precondition(lambda self: self.versions)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        identity = data.draw(st.sampled_from(sorted(self.versions)))
        # Not everywhere: two identities may be duplicates of one story of the other source, and would both be
        # withdrawn.
        stories.withdraw(self.db, self.id_of(identity), actor=EDITOR.slug, now=self.now, everywhere=False)
        self.withdrawn.add(identity)
        self.approved.discard(identity)

    @rule(entries=ENTRIES)
    def another_source_has_the_same(self, entries: list[Entry]) -> None:
        stories.save(self.db, TIN_TINH, entries, images={}, now=self.now)

    @invariant()
    def each_identity_is_one_row_with_its_versions(self) -> None:
        held = select(rows.c.identity, rows.c.version).where(rows.c.source == TIN_XA.slug)
        with self.db.read() as conn:
            found = sorted((row.identity, row.version) for row in conn.execute(held))
        assert found == sorted((identity, len(past)) for identity, past in self.versions.items())

    @invariant()
    def only_what_an_editor_approved_is_shown(self) -> None:
        shown = newest(self.db, TIN_XA.slug, most=99)
        assert {story.identity for story in shown} == self.approved

    def id_of(self, identity: str) -> int:
        wanted = select(rows.c.id).where(rows.c.source == TIN_XA.slug, rows.c.identity == identity)
        with self.db.read() as conn:
            return int(conn.execute(wanted).scalar_one())


STEPS = settings(stateful_step_count=12, suppress_health_check=[HealthCheck.too_slow])


def test_on_sqlite(sqlite_template: Path, tmp_path: Path) -> None:
    def opened() -> Database:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        shutil.copy(sqlite_template, folder / "bangtin.db")
        return Database.open("sqlite:///bangtin.db", folder)

    machine = type("OnSqlite", (Newsroom,), {"opened": staticmethod(opened), "closed": staticmethod(Database.close)})
    run_state_machine_as_test(machine, settings=settings(STEPS, max_examples=25))


@pytest.mark.postgres
def test_on_postgresql(postgres: Postgres, postgres_template: str, tmp_path: Path) -> None:
    name = "machine"

    def opened() -> Database:
        return Database.open(postgres.create(name, template=postgres_template), tmp_path)

    def closed(db: Database) -> None:
        db.close()
        postgres.drop(name)

    machine = type("OnPostgres", (Newsroom,), {"opened": staticmethod(opened), "closed": staticmethod(closed)})
    run_state_machine_as_test(machine, settings=settings(STEPS, max_examples=8))
