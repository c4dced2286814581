"""A module that a docstring names as a caller really imports the module that it documents.

A claim is a sentence, or a part after a semicolon or comma, that begins with "called by", "used by", "created by",
"made by" or "read by". Of each part of its list the first word is checked if it is a dotted path ("live.rotation",
"server/desk/app.py") or the name of a module of the same package ("views"), and a part that is only the name of a
package of server ("the desk"). Other words ("the scheduler") are not checked.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.paths import ROOT

FOLDERS = ("server", "feeds", "display", "bench", "tests")
DOCUMENTED = ("server.", "feeds.", "display.", "bench.")
# A path may begin below one of these packages: "live.rotation", "lap.composition".
ROOTS = ("", "server.", "server.core.", "server.desk.", "server.live.", "server.store.", "server.worker.")
CLAIM = re.compile(r"(?:^|[.;,] )(?:called|used|created|made|read) (?:only )?by ((?:[^.;:(]|\.(?=\w))+)", re.I)
NAME = re.compile(r"(?:by )?`*([A-Za-z_]\w*(?:[./]\w+)*)")
ROOM = re.compile(r"(?:by )?(?:the )?(\w+)")


def _name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {_name(file): file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))}


@dataclass(frozen=True, slots=True)
class Module:
    """What is read of a module: its docstring, and the modules that it imports."""

    docstring: str
    imports: frozenset[str]


@cache
def modules() -> dict[str, Module]:
    """All modules by their names; read at the first test, because every worker of the tests imports this file."""
    found = {}
    for name, file in FILES.items():
        tree = ast.parse(file.read_bytes())
        found[name] = Module(ast.get_docstring(tree) or "", frozenset(_imports(tree)))
    return found


def _imports(tree: ast.Module) -> Iterator[str]:
    """The modules that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in FILES else node.module


def _package(module: str) -> str:
    return module if FILES[module].name == "__init__.py" else module.rpartition(".")[0]


def _importers(module: str) -> set[str]:
    """The modules that import ``module``, also those that get it from the ``__init__`` of a package above it.

    For a package, those that import any module of it.
    """
    packages = [module.rsplit(".", count)[0] for count in range(1, module.count(".") + 1)]
    sources = {
        module,
        *(package for package in packages if package in modules() and module in modules()[package].imports),
    }
    if _package(module) == module:
        sources |= {name for name in FILES if name.startswith(f"{module}.")}
    return {name for name, one in modules().items() if one.imports & sources}


def _meant(word: str, module: str) -> str | None:
    """The module that a word of the docstring of ``module`` names; None if it names none."""
    path = word.removesuffix(".py").replace("/", ".")
    beside = f"{_package(module)}.{path}"
    if beside in FILES:
        return beside
    if "." not in path:
        return None
    found = next((f"{root}{path}" for root in ROOTS if f"{root}{path}" in FILES), None)
    if found or not path.startswith(DOCUMENTED):
        return found
    owner = path.rpartition(".")[0]  # the path of a function, or of a module that is gone
    return owner if owner in FILES and FILES[owner].name != "__init__.py" else path


def _named(docstring: str, module: str) -> Iterator[str]:
    """The modules that a docstring of ``module`` names as its callers."""
    for paragraph in docstring.split("\n\n"):
        for claim in CLAIM.findall(" ".join(paragraph.split())):
            for part in re.split(r", and |, | and ", claim):
                found, room = NAME.match(part), ROOM.fullmatch(part.strip())
                meant = _meant(found[1], module) if found else None
                if meant is None and room and f"server.{room[1]}" in FILES:
                    meant = f"server.{room[1]}"
                if meant:
                    yield meant


def _stale(docstring: str, module: str) -> list[str]:
    """The modules that a docstring of ``module`` names as its callers, but that do not import it."""
    importers = _importers(module)
    return [
        named
        for named in _named(docstring, module)
        if named != module and not any(f"{one}.".startswith(f"{named}.") for one in importers)
    ]


def test_the_callers_that_docstrings_name_import_the_module() -> None:
    stale = {
        module: found
        for module, one in modules().items()
        if module.startswith(DOCUMENTED) and (found := _stale(one.docstring, module))
    }
    assert stale == {}


def test_most_claims_name_a_module() -> None:
    named = [module for module, one in modules().items() if list(_named(one.docstring, module))]
    assert len(named) > 300


@pytest.mark.parametrize(
    ("claim", "stale"),
    [
        ("Converts laps; called by live.rotation and board_timeline.", []),
        ("Converts laps; called by live.ops and board_timeline.", ["server.live.ops"]),
        ("Converts laps; called by live, the desk, and by slides.", ["server.slides"]),
        ("Converts laps.\n\nUsed by\nserver/content/item_faults.py, the desk.", ["server.content.item_faults"]),
        ("Converts laps. Created by `gap_promise` for boards.", ["server.content.gap_promise"]),
        ("Converts laps; called by server.content.no_such_module.", ["server.content.no_such_module"]),
        ("Converts laps; called by server.content.board_timeline.laps_of.", []),
        ("Converts laps; used by hub.", []),
        ("Converts the laps that are made by gap_promise.", []),
    ],
)
def test_a_planted_stale_claim_is_found(claim: str, stale: list[str]) -> None:
    assert _stale(claim, "server.content.lap_rows") == stale
