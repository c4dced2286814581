"""A source that is a file becomes due as soon as the file changes, whatever its interval."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from threading import Event
from time import monotonic

from server.core.model import Source
from server.store.sources import sources
from server.worker.harvest.file_watcher import FileWatcher, touched
from tests.cast import AREAS, HOUR, NOW
from tests.live.studio import Studio

SOON = 60.0


def test_a_changed_file_is_due_and_another_in_its_folder_is_not(house: Studio, data: Path) -> None:
    files = [Source(name, name, "feed", f"{name}.xml", trust="auto") for name in ("mot", "hai")]
    sources.seed(house.db, areas=AREAS, sources=files, boards=(), now=NOW + HOUR)
    for name in ("mot", "hai"):
        (data / f"{name}.xml").write_text("<rss/>")
    stop = FileWatcher(house.open(), house.clock, data).start()
    deadline, pause, number = monotonic() + SOON, Event(), 0
    while _due(house, "mot") > NOW:
        assert monotonic() < deadline
        number += 1
        (data / "mot.xml").write_text(f"<rss>{number}</rss>")  # again, as the watcher may not have started yet
        pause.wait(0.5)
    stop()
    assert _due(house, "hai") == NOW + HOUR


def _due(house: Studio, slug: str) -> datetime:
    return next(state.next_fetch_at for state in sources.states(house.db) if state.slug == slug)


def test_a_file_of_a_watched_folder_touches_its_source() -> None:
    watched = {"tep": Path("/tin/a.xml"), "thu-muc": Path("/tin/xa"), "khac": Path("/khac/b.xml")}
    assert touched(watched, [Path("/tin/xa/moi.xml")]) == {"thu-muc"}
    assert touched(watched, [Path("/tin/a.xml"), Path("/tin/c.xml")]) == {"tep"}
