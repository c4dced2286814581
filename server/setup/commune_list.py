"""Reads the list of communes from the data files of the package vietnamadminunits; called by worker and desk.

The package does not name the source of its codes, so they count as unverified (Decision 19/2025/QĐ-TTg has the valid
ones). Its code is not imported, because that reads all files into 65 MB of memory.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import structlog

from server.core.alerts.codes import VIETNAM, UnitCodes, with_communes
from server.core.areas import in_a_sentence
from server.core.geography.communes import Commune
from server.core.model import Point

_PACKAGE = "vietnamadminunits"
_UNITS = (
    "SELECT provinceKey, wardKey, wardCode, ward, provinceCode, wardLat, wardLon FROM admin_units ORDER BY wardCode"
)
_FORMER = (
    "SELECT provinceKey || '_' || districtKey || '_' || wardKey, wardCode, ward, district FROM admin_units_legacy "
    "WHERE wardKey != ''"
)
log = structlog.get_logger()


@cache
def communes() -> tuple[Commune, ...]:
    """Returns all communes of Vietnam in the order of their codes; empty if the list cannot be read."""
    found = find_spec(_PACKAGE)
    return read_list(Path(found.origin).with_name("data")) if found is not None and found.origin else ()


def read_list(folder: Path) -> tuple[Commune, ...]:
    """The communes in the data files in ``folder``; empty, with a warning in the log, if they cannot be read."""
    try:
        return tuple(_read(folder))
    except (OSError, sqlite3.Error, ValueError, KeyError, TypeError) as error:
        log.warning("list of communes unreadable", package=_PACKAGE, error=str(error))
        return ()


@cache
def unit_codes() -> UnitCodes:
    """The codes of the nation, its provinces and its communes; without communes if their list cannot be read."""
    return with_communes(communes()) if communes() else VIETNAM


def _read(folder: Path) -> Iterator[Commune]:
    """Yields the communes in the data files in ``folder``.

    Raises OSError, sqlite3.Error, ValueError, KeyError or TypeError if a file is damaged.
    """
    with closing(sqlite3.connect(f"{(folder / 'dataset.db').as_uri()}?mode=ro", uri=True)) as db:
        former = {
            key: (code, f"{ward}, {in_a_sentence(district)}") for key, code, ward, district in db.execute(_FORMER)
        }
        units = db.execute(_UNITS).fetchall()
    merged = _merged(json.loads((folder / "converter_2025.json").read_text(encoding="utf-8")))
    for province_key, key, code, name, province, lat, lon in units:
        parts = sorted(former[one] for one in merged.get((province_key, key), ()) if one in former)
        old = tuple(dict.fromkeys(part for part, _ in parts if part != code))
        yield Commune(code, name, province, Point(lat, lon), old, tuple(dict.fromkeys(title for _, title in parts)))


def _merged(converter: dict[str, Any]) -> dict[tuple[str, str], set[str]]:
    """Returns, for each (province, commune) of today, the former communes that are wholly or partly in it.

    All are named by the keys that the package uses. ``converter`` is the content of converter_2025.json.
    """
    found: dict[tuple[str, str], set[str]] = {}
    for province, wholes in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for key, parts in wholes.items():
            found.setdefault((province, key), set()).update(parts)
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for part, heirs in divided.items():
            for heir in heirs:
                found.setdefault((province, heir["newWardKey"]), set()).add(part)
    return found
