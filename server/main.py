"""Defines the command line and runs it; the only module that reads the real clock; called by run.py."""

from __future__ import annotations

import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import structlog
import typer

from server.cli.commands import CommandGroup
from server.cli.context import AWAY, WRONG, Context
from server.cli.processes import run_all
from server.core.text_input import cleaned
from server.setup.config_file import ConfigError
from server.setup.errors import SetupError
from server.store.database.errors import StoreAway, StoreBusy, StoreError

app = typer.Typer(
    cls=CommandGroup,
    add_completion=False,
    help="Bảng Tin: bảng tin điện tử công cộng.",
    pretty_exceptions_enable=False,
)
_SHARED = ("--config", "--data", "--port")


def now() -> datetime:
    """Returns the current time as an aware UTC datetime. All other code gets this function as its clock."""
    return datetime.now(UTC)


@app.callback(invoke_without_command=True)
def shared(
    context: typer.Context,
    config: Annotated[Path, typer.Option(envvar="BANGTIN_CONFIG", help="Tệp cấu hình")] = Path("config.toml"),
    data: Annotated[Path, typer.Option(envvar="BANGTIN_DATA", help="Cơ sở dữ liệu, ảnh, khóa")] = Path("data"),
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Cổng, thay cho server.port; 0: cổng trống bất kỳ")
    ] = None,
) -> None:
    """Không có lệnh nào: chạy cả máy chủ và bộ đọc nguồn tin."""
    # Absolute, because Flask resolves relative paths against its own root.
    context.obj = Context(config, data.absolute(), port, now, dict(os.environ))
    if context.invoked_subcommand is None:
        run_all(context.obj)


def _shared_first(arguments: list[str]) -> list[str]:
    """Returns the arguments with --config, --data and --port, and their values, moved to the front.

    Users may write these options anywhere, but click accepts them only before the name of the command.
    """
    first: list[str] = []
    rest: list[str] = []
    remaining = iter(arguments)
    for argument in remaining:
        if argument == "--":
            rest += [argument, *remaining]
        elif argument in _SHARED:
            first += [argument, *(value for value in (next(remaining, None),) if value is not None)]
        elif argument.startswith(tuple(f"{name}=" for name in _SHARED)):
            first.append(argument)
        else:
            rest.append(argument)
    return [*first, *rest]


def _cleaned(word: str) -> str:
    """Returns a word of the command line without control characters.

    Returns the word unchanged if it, or the part after its last "=", is the path of an existing file.
    """
    clean = cleaned(word)
    _, _, value = word.rpartition("=")
    return word if clean != word and (os.path.exists(word) or os.path.exists(value)) else clean


def _log_to_stderr() -> None:
    """Configures logging to stderr, one line per event: readable text on a terminal, else JSON."""
    terminal = sys.stderr.isatty()
    render = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            *([] if terminal else [structlog.processors.format_exc_info]),
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # APScheduler warns of skipped runs, but these are intended (max_instances=1).
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


def main() -> None:
    """Runs the command line; an error of configuration or set-up is printed as a sentence and gives exit code 2.

    An unreachable or busy store gives exit code 1: after a power cut the database may start later than this program,
    and supervisor and systemd restart the program after every exit code except 2.
    """
    _log_to_stderr()
    try:
        app(args=_shared_first([_cleaned(word) for word in sys.argv[1:]]))
    except ConfigError as error:
        print("\n".join(error.problems), file=sys.stderr)  # noqa: T201 - this is the console
        sys.exit(WRONG)
    except (StoreAway, StoreBusy) as error:
        print(error, file=sys.stderr)  # noqa: T201 - this is the console
        sys.exit(AWAY)
    except (StoreError, SetupError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - this is the console
        sys.exit(WRONG)
