"""One of several worker processes that share a store; test_two_workers starts and kills them."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from server.processes.feeds_reader import FeedsReader, pools
from server.store.database.engine import Database
from server.worker.harvest.harvest import Harvest
from server.worker.harvest.source_reader import SourceReader


def main(url: str, data: Path, name: str) -> None:
    db, reader = Database.open(url, data), FeedsReader()

    def clock() -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - a process of its own

    source_reader = SourceReader(db, reader, clock, base=data, folder=data, allow_private=("127.0.0.1",))
    harvest = Harvest(db, reader, source_reader, clock, worker=name, pools=pools(), spread=lambda: 0.0)
    pause = Event()  # never set: only its timeout is used
    while True:
        harvest.tick()
        pause.wait(0.01)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
