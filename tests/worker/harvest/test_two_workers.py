"""Two real worker processes share one PostgreSQL: each source is fetched by only one of them."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from server.core.model import Source
from server.store.database.engine import Database
from server.store.sources import sources, story_queries
from tests.cast import AREAS, NOW
from tests.feeds.hosts import host, responds
from tests.feeds.stories import STORIES, sample_feed
from tests.paths import ROOT
from tests.postgres import Postgres, postgres

__all__ = ["postgres"]  # a fixture that pytest finds by its name here

SOURCES = 30
SOON = 60.0


@pytest.mark.postgres
def test_two_workers_share_the_sources_and_repeat_nothing(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.create("rivals")
    db = Database.open(url, tmp_path)
    db.migrate()
    with host(responds("200 OK", body=sample_feed().encode())) as server:
        wanted = [
            Source(f"s{n:02}", f"S{n}", "feed", server.url(f"/{n}", name="127.0.0.1"), trust="auto")
            for n in range(SOURCES)
        ]
        sources.seed(db, areas=AREAS, sources=[], boards=(), now=NOW)
        command = [sys.executable, "-m", "tests.worker.harvest.rival_worker", url, str(tmp_path)]
        rivals = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("a", "b")]
        sources.seed(db, areas=AREAS, sources=wanted, boards=(), now=NOW)
        deadline, pause = monotonic() + SOON, Event()
        while any(state.last_try is None for state in sources.states(db)):
            assert monotonic() < deadline
            pause.wait(0.1)
        for rival in rivals:
            rival.kill()
            rival.wait()
    asked = Counter(request.split(b" ", 2)[1] for request in server.asked)
    assert len(asked) == SOURCES
    assert set(asked.values()) == {1}
    stored = [story_queries.of_source(db, source.slug, most=99) for source in wanted]
    assert {len(found) for found in stored} == {len(STORIES)}
    db.close()
    postgres.drop("rivals")
