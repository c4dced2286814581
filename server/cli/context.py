"""What every command shares: where config and data are, the clock, and how errors become one sentence."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import typer

from server.core.areas import AreaTree
from server.setup.config import Config
from server.setup.config_file import load
from server.setup.store_setup import open_store
from server.store.database.engine import Database
from server.store.sources import sources

WRONG = 2
AWAY = 1
RUN = Path(__file__).parents[2] / "run.py"


@dataclass(frozen=True, slots=True)
class Context:
    """Made once by server.main and handed to each command."""

    config_path: Path
    data: Path
    port: int | None
    clock: Callable[[], datetime]
    environment: dict[str, str]

    def config(self) -> Config:
        """Raises ConfigError."""
        found = load(self.config_path, self.environment)
        if self.port is None:
            return found
        return found.model_copy(update={"server": found.server.model_copy(update={"port": self.port})})

    def command(self, *words: str) -> list[str]:
        """The command line of another process of this program, on the same config and data."""
        base = [sys.executable, str(RUN), "--config", str(self.config_path), "--data", str(self.data)]
        return [*base, *(() if self.port is None else ("--port", str(self.port))), *words]

    @contextmanager
    def store(self) -> Iterator[tuple[Config, Database, AreaTree]]:
        """The store as the server sees it. Raises ConfigError or StoreError."""
        config = self.config()
        prepare_data(self.data)
        db = open_store(config, self.data, self.clock, seed=False)
        try:
            yield config, db, AreaTree(sources.areas(db))
        finally:
            db.close()


def prepare_data(data: Path) -> None:
    """Makes the data folder, for its owner only; fails in one sentence where it cannot be written to."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = data / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        fail(f"Không ghi được vào thư mục dữ liệu {data}: {error.strerror}. Hãy sửa quyền hoặc chọn --data khác.")


def fail(sentence: str, code: int = WRONG) -> NoReturn:
    """One clear sentence on stderr and the exit code."""
    print(sentence, file=sys.stderr)  # noqa: T201 - this is the console
    raise typer.Exit(code)


def say(text: str) -> None:
    print(text)  # noqa: T201 - this is the console


def hint(text: str) -> None:
    """Beside the answer: on stderr, so that another program reads the answer alone."""
    print(text, file=sys.stderr)  # noqa: T201 - this is the console


def actor() -> str:
    """Who acts, for the audit: the user of the operating system."""
    return f"os:{getpass.getuser()}"
