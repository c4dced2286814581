"""A worker that reads one store's due sources once, for real, until it is killed; started by the harvest tests."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from server.assembly import FeedsReader
from server.live.harvest import Harvest
from server.store.engine import Database
from tests.cast import NOW


def main(data: Path) -> None:
    harvest = Harvest(
        Database.open("sqlite:///bangtin.db", data),
        FeedsReader(),
        lambda: NOW,
        worker="doomed",
        base=data,
        pictures=data,
        allow_private=("127.0.0.1",),
        local=ThreadPoolExecutor(1),
        remote=ThreadPoolExecutor(1),
    )
    harvest.beat()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
