"""The table of commands: a start imports only what it needs; a mistyped command is answered with the right one."""

from __future__ import annotations

import subprocess
import sys

from typer.testing import CliRunner

from server.main import app
from tests.paths import ROOT


def test_the_supervisor_imports_neither_sql_nor_feed_readers_nor_slides() -> None:
    program = "import sys, server.main; print(*sorted({name.partition('.')[0] for name in sys.modules}, key=str))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"server", "typer", "pydantic"} <= set(done.stdout.split())
    assert not {"sqlalchemy", "feedparser", "jinja2", "flask", "gevent"} & set(done.stdout.split())


def test_a_mistyped_command_names_the_one_that_was_meant() -> None:
    answer = CliRunner().invoke(app, ["ugent"])
    assert answer.exit_code == 2
    assert "Did you mean 'urgent'?" in answer.output


def test_the_help_lists_every_command() -> None:
    answer = CliRunner().invoke(app, ["--help"])
    assert answer.exit_code == 0
    assert all(word in answer.output for word in ("serve", "urgent", "doctor", "screen", "Gỡ một tin khẩn"))
