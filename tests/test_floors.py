"""The import contracts of pyproject.toml are kept, and a forbidden import in any module breaks them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.paths import ROOT

FOLDERS = ("server", "feeds", "display")
CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]
IMPORT = re.compile(r"^\s*(?:- |& )?\s*(\S+) -> (\S+) \(l\.", re.M)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the packages that the contracts apply to, in a temporary folder."""
    for folder in FOLDERS:
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "*.jpg", "*.svg")
        )
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/__init__.py").write_text("")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "400"},
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip


def _modules(house: Path) -> dict[str, Path]:
    found = {}
    for folder in FOLDERS:
        for file in (house / folder).rglob("*.py"):
            parts = file.relative_to(house).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def _broken(output: str) -> set[str]:
    return set(re.findall(r"^(.+) BROKEN\b", output, re.M))


def _is_under(module: str, packages: Iterable[str]) -> bool:
    return any(module == one or module.startswith(f"{one}.") for one in packages)


def _plant(modules: Mapping[str, Path], lines_of: Callable[[str], Iterable[str]]) -> set[tuple[str, str]]:
    """Appends the imports that ``lines_of`` names to the modules; returns (importing module, imported module)."""
    planted = set()
    for module, file in modules.items():
        targets = list(lines_of(module))
        if targets:
            with file.open("a", encoding="utf-8") as source:
                source.write("".join(f"\nimport {target}" for target in targets) + "\n")
        planted |= {(module, target) for target in targets}
    return planted


def test_the_contracts_hold(house: Path) -> None:
    clean = _lint(house)
    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert not _broken(clean.stdout)


def test_a_framework_in_any_module_breaks_its_contract(house: Path) -> None:
    """Plants, for each ``forbidden`` contract, an import of the framework into every module that has no exception."""
    contracts = [one for one in CONTRACTS if one["type"] == "forbidden"]

    def forbidden(module: str) -> list[str]:
        return [
            one["forbidden_modules"][0]
            for one in contracts
            if _is_under(module, one["source_modules"])
            and not any(_matches(module, rule.split(" -> ")[0]) for rule in one.get("ignore_imports", ()))
        ]

    planted = _plant(_modules(house), forbidden)
    found = _lint(house)
    assert found.returncode != 0
    assert _broken(found.stdout) == {one["name"] for one in contracts}
    assert planted <= set(IMPORT.findall(found.stdout))


def test_an_import_upward_from_any_module_breaks_its_contract(house: Path) -> None:
    """Plants, for each ``layers`` contract, an import of the highest layer into every module below that layer."""
    contracts = [one for one in CONTRACTS if one["type"] == "layers"]

    modules = _modules(house)

    def upward(module: str) -> Iterator[str]:
        for one in contracts:
            for container in one["containers"]:
                ignored = [f"{container}.{rest}" for rest in one.get("exhaustive_ignores", ())]
                if module.startswith(f"{container}.") and not _is_under(module, ignored):
                    highest = [name for name in _highest(one, container) if name in modules]
                    yield from [name for name in highest if not _is_under(module, [name])][:1]

    planted = _plant(modules, upward)
    found = _lint(house)
    assert found.returncode != 0
    assert _broken(found.stdout) >= {one["name"] for one in contracts}
    assert planted <= set(IMPORT.findall(found.stdout))


def test_a_room_that_no_floor_names_breaks_the_contract(house: Path) -> None:
    contracts = [one for one in CONTRACTS if one["type"] == "layers"]
    for one in contracts:
        assert one["exhaustive"], one["name"]
        for container in one["containers"]:
            (house / container.replace(".", "/") / "unnamed.py").write_text('"""A room without a floor."""\n')
    found = _lint(house)
    assert found.returncode != 0
    assert "unnamed" in found.stdout + found.stderr


def _highest(contract: Mapping[str, Any], container: str) -> list[str]:
    """The packages of the highest layer that is not optional.

    In a contract ``|`` separates the packages of a layer, and parentheses mark an optional one.
    """
    for row in contract["layers"]:
        found = [name.strip() for name in row.split("|")]
        if not all(name.startswith("(") for name in found):
            return [f"{container}.{name.strip('()')}" for name in found]
    raise AssertionError(contract["name"])


def _matches(module: str, pattern: str) -> bool:
    """Whether a module's name matches a pattern of import-linter: ``*`` is one name, ``**`` is one or more."""
    regex = re.escape(pattern).replace(r"\*\*", r"\S+").replace(r"\*", r"[^.]+")
    return re.fullmatch(regex, module) is not None
