"""What all commands share: options, opening the store, printing, exit codes; server.main makes the Context."""

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
from server.setup.nudge import tell_servers
from server.setup.store_setup import existing_store, need_server, open_store
from server.store.database import backup, revision, server_seen
from server.store.database.engine import Database
from server.store.sources import sources

WRONG = 2
"""Exit code: the configuration or the command line is wrong. A supervisor does not start the command again."""
AWAY = 1
"""Exit code: the command failed, but may succeed later."""
UNREAD = 3
"""Exit code: the change is saved but not yet on any board, because no server reads the store.

The command ``urgent`` also ends with it when a second person has to confirm the notice.
"""
NOT_READ = "đã lưu, nhưng hiện không có máy chủ nào đang đọc kho này: bảng tin chưa nhận được. Hãy chạy run.py."
RUN = Path(__file__).parents[2] / "run.py"


Opened = tuple[Config, Database, AreaTree]


@dataclass(frozen=True, slots=True)
class Context:
    """The options that stand before the command, such as ``--config`` and ``--data``.

    ``clock`` returns the time as aware UTC. ``environment`` holds the environment variables, which override the
    configuration file.
    """

    config_path: Path
    data: Path
    port: int | None
    clock: Callable[[], datetime]
    environment: dict[str, str]

    def config(self) -> Config:
        """The configuration, in which ``--port`` replaces the configured port. Raises ConfigError."""
        found = load(self.config_path, self.environment)
        if self.port is None:
            return found
        return found.model_copy(update={"server": found.server.model_copy(update={"port": self.port})})

    def command(self, *words: str) -> list[str]:
        """The command line that runs another command (``words``) of this program with the same options."""
        base = [sys.executable, str(RUN), "--config", str(self.config_path), "--data", str(self.data)]
        return [*base, *(() if self.port is None else ("--port", str(self.port))), *words]

    @contextmanager
    def store(self) -> Iterator[Opened]:
        """Opens the existing store, for commands that only read; yields (config, store, areas).

        Raises ConfigError, SetupError or StoreError.
        """
        config = self.config()
        with _closing(existing_store(config, self.data)) as db:
            yield config, db, AreaTree(sources.areas(db))

    @contextmanager
    def new_store(self) -> Iterator[Opened]:
        """Opens the store, which is created if there is none; yields (config, store, areas).

        For the command that makes the link for the first keeper, before the first start of the server.
        """
        config = self.config()
        prepare_data(self.data)
        with _closing(open_store(config, self.data, self.clock, seed=False)) as db:
            yield config, db, AreaTree(sources.areas(db))

    @contextmanager
    def acting_store(self, *, for_boards: bool = True) -> Iterator[Opened]:
        """Opens the existing store, for commands that change it; yields (config, store, areas).

        Prints the store's name on stderr, and notifies the servers at the end. With ``for_boards``, the change has to
        reach boards: if no server reads the store at the end, ends the command with the exit code UNREAD. Raises what
        ``store`` raises, and SetupError if no server has ever run on the store.
        """
        with self.store() as (config, db, tree):
            need_server(db, config, self.data)
            hint(f"kho: {backup.name_of(config.store.url, self.data)}")
            try:
                yield config, db, tree
            finally:
                tell_servers(self.data, config.queue.url, lambda: revision.current(db))
            if for_boards and not self.is_read(db):
                fail(NOT_READ, UNREAD)

    def is_read(self, db: Database) -> bool:
        """Whether a server reads this store now."""
        return server_seen.is_read(db, self.clock())


@contextmanager
def _closing(db: Database) -> Iterator[Database]:
    try:
        yield db
    finally:
        db.close()


def prepare_data(data: Path) -> None:
    """Creates the data folder with mode 0700; ends the command with a message if it is not writable."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = data / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        fail(f"Không ghi được vào thư mục dữ liệu {data}: {error.strerror}. Hãy sửa quyền hoặc chọn --data khác.")


def fail(sentence: str, code: int = WRONG) -> NoReturn:
    """Prints one sentence on stderr and ends the command with the exit code ``code``."""
    print(sentence, file=sys.stderr)  # noqa: T201 - this is the console
    raise typer.Exit(code)


def say(text: str) -> None:
    """Prints a line of the command's result on stdout."""
    print(text)  # noqa: T201 - this is the console


def hint(text: str) -> None:
    """Prints a remark on stderr, so that stdout has only the result, which another program may read."""
    print(text, file=sys.stderr)  # noqa: T201 - this is the console


def actor() -> str:
    """The actor for the audit: "os:" and the name of the operating system's user."""
    return f"os:{getpass.getuser()}"
