"""docs/config.md and config.toml describe every key there is, and no other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from server.config import Config

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs/config.md").read_text(encoding="utf-8")


def documented() -> dict[str, set[str]]:
    """Heading (without brackets) -> the keys of its table."""
    found: dict[str, set[str]] = {}
    heading = ""
    for line in TEXT.splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ").strip("[]` ")
        elif key := re.match(r"\| `([a-z_]+)` \|", line):
            found.setdefault(heading, set()).add(key.group(1))
    return found


def section_of(annotation: Any) -> type[BaseModel] | None:
    """The table behind a field: itself, or what a tuple of tables holds."""
    candidates = [annotation, *get_args(annotation)]
    return next((one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)), None)


SECTIONS = {name: section_of(field.annotation) for name, field in Config.model_fields.items()}


@pytest.mark.parametrize("name", [name for name, section in SECTIONS.items() if section])
def test_every_key_of_a_table_is_described_and_no_other(name: str) -> None:
    section = SECTIONS[name]
    assert section is not None
    assert documented()[name] == set(section.model_fields)


def test_keys_outside_sections_are_described() -> None:
    outside = {name for name, section in SECTIONS.items() if section is None}
    assert documented()["Outside sections"] == outside


def test_simple_defaults_are_as_described() -> None:
    for name, section in SECTIONS.items():
        for key, field in (section.model_fields if section else {}).items():
            if isinstance(field.default, str | bool | int | float) and field.default != "":
                shown = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
                rows = [line for line in TEXT.splitlines() if line.startswith(f"| `{key}` |")]
                assert any(shown in row for row in rows), (name, key)


def test_the_shipped_file_shows_every_section() -> None:
    with (ROOT / "config.toml").open("rb") as file:
        shipped = tomllib.load(file)
    assert set(shipped) == set(Config.model_fields)
