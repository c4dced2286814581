"""What the documents mention exists: commands, options, make targets, files and the version."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from typer.main import get_command

from server.main import app
from server.processes.supervisor import WRONG_SETUP
from tests.paths import ROOT

FOLDERS = (".", "docs", "docs/decisions", "docs/vi", "deploy", "feeds", "feeds/samples")
DOCUMENTS = sorted(path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).glob("*.md"))
FOR_PEOPLE = [path for path in DOCUMENTS if path.parts[0] != "CHANGELOG.md"]
SHARED = {"--config", "--data", "--port", "--help"}

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.M | re.S)
RUN = re.compile(r"run\.py((?: --(?:config|data|port)[ =]\S+)*)(?: ([a-z]+))?")
MAKE = re.compile(r"(?:^|`|&& )make (?:-C \S+ )?([a-z][a-z-]*)", re.M)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
DECISION_PARTS = ["Problem", "Decision", "What it costs"]


def read(path: Path | str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def options_of(command: str) -> set[str]:
    """The options of ``run.py COMMAND`` and of its subcommands."""
    whole = COMMANDS[command]
    those = [whole, *getattr(whole, "commands", {}).values()]
    return {name for one in those for parameter in one.params for name in parameter.opts if name.startswith("--")}


COMMANDS = getattr(get_command(app), "commands")  # noqa: B009 - typer's type says less than it is


def sections(text: str, level: str) -> dict[str, str]:
    """Heading -> the text below it, up to the next heading of that level."""
    parts = re.split(rf"^{level} (.+)$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def said_commands(text: str) -> Iterable[str]:
    """Yields the commands after ``run.py`` in code blocks and spans; lines that a backslash continues are joined."""
    for code in CODE.findall(text):
        for _, command in RUN.findall(code.replace("\\\n", " ")):
            if command:
                yield command


@pytest.fixture(scope="module")
def help_text() -> str:
    """The output of ``run.py --help``, run as a process."""
    environment = {**os.environ, "COLUMNS": "160", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "run.py", "--help"], cwd=ROOT, env=environment, capture_output=True, check=True, timeout=60
    )
    return done.stdout.decode()


def test_every_command_of_the_program_is_listed_by_help_and_described(help_text: str) -> None:
    described = {title.split()[1] for title in sections(read("docs/commands.md"), "##") if " " in title}
    assert set(COMMANDS) == described
    listed = {line.split()[1] for line in help_text.splitlines() if line.startswith("│ ") and len(line.split()) > 2}
    assert set(COMMANDS) <= listed


@pytest.mark.parametrize("document", FOR_PEOPLE, ids=str)
def test_commands_that_a_document_names_exist(document: Path) -> None:
    unknown = set(said_commands(read(document))) - set(COMMANDS)
    assert not unknown


def test_the_readme_names_commands_at_all() -> None:
    assert {"announce", "urgent", "clear", "show", "read", "check"} <= set(said_commands(read("README.md")))


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_options_of_a_command_are_those_that_its_description_names(command: str) -> None:
    titles = sections(read("docs/commands.md"), "##")
    text = next(body for title, body in titles.items() if title.split()[1:2] == [command])
    assert set(OPTION.findall(text)) - SHARED == options_of(command)


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_lead_to_files_that_are_there(document: Path) -> None:
    text = CODE.sub("", read(document))
    targets = [link.partition("#")[0] for link in LINK.findall(text) if "://" not in link]
    missing = [target for target in targets if target and not (ROOT / document.parent / target).exists()]
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_make_targets_that_a_document_names_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), flags=re.M))
    named = {name for code in CODE.findall(read(document)) for name in MAKE.findall(code)}
    assert named <= targets


def test_the_version_is_the_newest_of_the_changelog() -> None:
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", read("CHANGELOG.md"), flags=re.M)
    assert released[0] == tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert released == sorted(released, key=lambda one: [int(part) for part in one.split(".")], reverse=True)


def test_decisions_are_numbered_without_gaps_and_say_what_they_cost() -> None:
    found = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [path.name[:4] for path in found] == [f"{number:04}" for number in range(1, len(found) + 1)]
    for path in found:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]} ")
        assert list(sections(text, "##")) == DECISION_PARTS, path.name


def test_the_unit_starts_what_the_program_offers_and_does_not_insist_on_a_wrong_set_up() -> None:
    lines = [line for line in read("deploy/bangtin.service").splitlines() if "=" in line and line[0] not in "#["]
    unit = dict(line.split("=", 1) for line in lines)
    assert unit["ExecStart"].split()[1] == f"{unit['WorkingDirectory']}/run.py"
    assert set(OPTION.findall(unit["ExecStart"])) <= SHARED
    assert unit["RestartPreventExitStatus"] == str(WRONG_SETUP)
    assert f"/var/lib/{unit['StateDirectory']}" in unit["ExecStart"].split()
