"""What all commands share: the places of config and data, the clock, printing; made by server.main."""

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
"""Exit code: the set-up or the command line is wrong. A supervisor does not try again."""
AWAY = 1
"""Exit code: failed, but may succeed later."""
RUN = Path(__file__).parents[2] / "run.py"


@dataclass(frozen=True, slots=True)
class Context:
    """The options that stand before the command; ``clock`` gives aware UTC, ``environment`` overrides the file."""

    config_path: Path
    data: Path
    port: int | None
    clock: Callable[[], datetime]
    environment: dict[str, str]

    def config(self) -> Config:
        """The configuration, with ``--port`` in it. Raises ConfigError."""
        found = load(self.config_path, self.environment)
        if self.port is None:
            return found
        return found.model_copy(update={"server": found.server.model_copy(update={"port": self.port})})

    def command(self, *words: str) -> list[str]:
        """The command line that runs another command of this program with the same options."""
        base = [sys.executable, str(RUN), "--config", str(self.config_path), "--data", str(self.data)]
        return [*base, *(() if self.port is None else ("--port", str(self.port))), *words]

    @contextmanager
    def store(self) -> Iterator[tuple[Config, Database, AreaTree]]:
        """The configuration, the opened store and its areas. Raises ConfigError or StoreError."""
        config = self.config()
        prepare_data(self.data)
        db = open_store(config, self.data, self.clock, seed=False)
        try:
            yield config, db, AreaTree(sources.areas(db))
        finally:
            db.close()


def prepare_data(data: Path) -> None:
    """Makes the data folder, mode 0700; fails with one sentence where it cannot be written to."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = data / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        fail(f"Không ghi được vào thư mục dữ liệu {data}: {error.strerror}. Hãy sửa quyền hoặc chọn --data khác.")


def fail(sentence: str, code: int = WRONG) -> NoReturn:
    """Prints one sentence on stderr and ends the command with the exit code."""
    print(sentence, file=sys.stderr)  # noqa: T201 - this is the console
    raise typer.Exit(code)


def say(text: str) -> None:
    """Prints a line of the answer on stdout."""
    print(text)  # noqa: T201 - this is the console


def hint(text: str) -> None:
    """Prints a remark on stderr, so that another program reads the answer alone."""
    print(text, file=sys.stderr)  # noqa: T201 - this is the console


def actor() -> str:
    """The name for the audit: os: and the user of the operating system."""
    return f"os:{getpass.getuser()}"
