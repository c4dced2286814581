"""Runs the real server with its clock set forward; started as a process by test_day after its simulated day.

python -m tests.later MILLISECONDS --config F --data DIR --port N serve
"""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402 - after gevent's patch, as in run.py
import sys  # noqa: E402
from datetime import UTC, datetime, timedelta  # noqa: E402
from pathlib import Path  # noqa: E402
from types import SimpleNamespace  # noqa: E402
from typing import cast  # noqa: E402

import typer  # noqa: E402

from server.cli import processes  # noqa: E402
from server.cli.context import Context  # noqa: E402


def main() -> None:
    ahead, _, config, _, data, _, port, command = sys.argv[1:]
    by = timedelta(milliseconds=int(ahead))
    given = Context(Path(config), Path(data), int(port), lambda: datetime.now(UTC) + by, dict(os.environ))  # noqa: TID251
    # The command uses nothing of typer's context but ``obj``.
    getattr(processes, command)(cast(typer.Context, SimpleNamespace(obj=given)))


if __name__ == "__main__":
    main()
