"""Options, functions for printing and exit codes that all commands share; server.main makes the Context."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import typer

from server.setup.config import Config
from server.setup.config_file import load

WRONG = 2
"""Exit code: the configuration or the command line is wrong. A supervisor does not start the command again."""
AWAY = 1
"""Exit code: the command failed, but may succeed later."""
RUN = Path(__file__).parents[2] / "run.py"


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
