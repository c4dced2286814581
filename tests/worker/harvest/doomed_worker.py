"""A worker process that reads the due sources once; a harvest test starts it and kills it."""

from __future__ import annotations

import sys
from pathlib import Path

from server.processes.feeds_reader import FeedsReader, pools
from server.store.database.engine import Database
from server.worker.harvest.harvest import Harvest
from server.worker.harvest.source_reader import SourceReader
from tests.cast import NOW


def main(data: Path) -> None:
    db, reader = Database.open("sqlite:///bangtin.db", data), FeedsReader()
    source_reader = SourceReader(db, reader, lambda: NOW, base=data, folder=data, allow_private=("127.0.0.1",))
    harvest = Harvest(db, reader, source_reader, lambda: NOW, worker="doomed", pools=pools(), spread=lambda: 0.0)
    harvest.tick()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
