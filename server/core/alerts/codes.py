"""Codes of administrative units, their schemes and what became of merged ones; called by `places` and the checks.

Two schemes are known here: ISO 3166-2 (provinces; VN itself is the nation) and the national codes (two digits for
provinces, five for communes). Codes of any other scheme are compared as they are. Communes come from a file of the
keeper: no package that may be used here has them.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from server.core.alerts.document import Geocode
from server.core.alerts.provinces import PROVINCES

ISO, NATIONAL = "iso3166", "national"
_SIGNS = re.compile(r"[\W_]+")
# How publishers write the two schemes, without case, blanks and signs.
_SCHEMES = dict.fromkeys(
    ("iso3166", "iso31661", "iso31662", "iso31662vn", "iso31661alpha2", "country", "countrycode"), ISO
) | dict.fromkeys(
    (
        "national", "gso", "nso", "gsovn", "nsovn", "vngso", "vnnso", "vncommune", "vnunit", "commune", "maxa",
        "mãxã", "matinh", "mãtỉnh", "mađvhc", "mãđvhc", "mãđơnvịhànhchính", "qđ1242004qđttg", "qđ192025qđttg",
    ),
    NATIONAL,
)  # fmt: skip
_ISO_CODE = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")
_NATIONAL_CODE = re.compile(r"\d{2}|\d{5}")


class Code(NamedTuple):
    """A code in its scheme, both in the form in which they are compared: ("iso3166", "VN-66")."""

    scheme: str
    value: str


NATION = Code(ISO, "VN")


def scheme_of(name: str) -> str:
    """A scheme as it is compared: without case, blanks and signs, known names by one of them."""
    folded = _SIGNS.sub("", unicodedata.normalize("NFC", name)).casefold()
    return _SCHEMES.get(folded, folded)


def code_of(geocode: Geocode) -> Code | None:
    """The code of an alert's area; None if its scheme or its value is empty."""
    scheme, value = scheme_of(geocode.scheme), geocode.value.strip().upper()
    return Code(scheme, value) if scheme and value else None


def code_in(text: str) -> Code:
    """A code as the configuration writes it: "VN-66", "VN", "12454", or "scheme:value" for any other scheme.

    Raises ValueError with a Vietnamese sentence if it is none of these.
    """
    scheme, colon, value = text.strip().rpartition(":")
    if colon:
        found = code_of(Geocode(scheme, value))
        if found is not None:
            return found
    elif _ISO_CODE.fullmatch(value.upper()) and ("-" in value or value.isupper()):
        return Code(ISO, value.upper())
    elif _NATIONAL_CODE.fullmatch(value):
        return Code(NATIONAL, value)
    raise ValueError(f"Không hiểu mã đơn vị hành chính «{text}».")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of today: its codes in all schemes, those of the units merged into it, and the unit above.

    ``verified``: its codes stand in an official list; otherwise they are an assumption.
    """

    name: str
    codes: tuple[Code, ...]
    above: Code | None = None
    old: tuple[Code, ...] = ()
    verified: bool = False


class UnitCodes:
    """Answers which unit a code means and which older codes mean it, too.

    Where a code is that of a unit of today and of an earlier one, the unit of today counts.
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        self.units = tuple(units)
        self._today = {code: unit for unit in self.units for code in unit.codes}
        self._old: dict[Code, list[Unit]] = {}
        for unit in self.units:
            for code in unit.old:
                self._old.setdefault(code, []).append(unit)

    def unit_of(self, scheme: str, value: str) -> Unit | None:
        """The unit of today that a code means, or into which the unit that it meant was merged; None: unknown.

        An old unit that was divided belongs to several: the first of them in the order they were given.
        """
        code = code_of(Geocode(scheme, value))
        if code is None:
            return None
        return self._today.get(code) or next(iter(self._old.get(code, ())), None)

    def old_codes_of(self, code: Code) -> tuple[Code, ...]:
        """The codes of the units that were merged into the unit of ``code``; none for an unknown one."""
        unit = self._today.get(code)
        return unit.old if unit else ()

    def all_codes(self, codes: Iterable[Code]) -> frozenset[Code]:
        """``codes`` of an area and of those above it, with every other code of the same units and of those above.

        Codes of other schemes come back as they are. All of Vietnam is below VN.
        """
        found: set[Code] = set()
        waiting = list(codes)
        while waiting:
            code = waiting.pop()
            if code in found:
                continue
            found.add(code)
            unit = self._today.get(code)
            if unit:
                found.update(one for one in unit.old if one not in self._today)
                waiting += [*unit.codes, *([unit.above] if unit.above else [])]
            elif code.scheme == NATIONAL or (code.scheme == ISO and code.value.startswith("VN-")):
                waiting.append(NATION)
        return frozenset(found)


def _provinces() -> Iterable[Unit]:
    yield Unit("Việt Nam", (NATION,), verified=True)
    for iso, national, name, old_iso, old_national in PROVINCES:
        old = [Code(ISO, one) for one in old_iso.split()] + [Code(NATIONAL, one) for one in old_national.split()]
        yield Unit(name, (Code(ISO, iso), Code(NATIONAL, national)), NATION, tuple(old), verified=not old_iso)


VIETNAM = UnitCodes(_provinces())
"""The nation and its provinces, without communes."""
COLUMNS = ("code", "name", "above", "old")


def units_from_csv(text: str) -> tuple[Unit, ...]:
    """The units of a keeper's file: a head ``code,name,above,old`` and a line each, codes as `code_in` reads them.

    ``above`` may be empty; ``old`` has any number of codes divided by blanks. A comma or a semicolon divides columns.
    Raises ValueError with a Vietnamese sentence that names the line.
    """
    plain = text.lstrip("\ufeff")
    head = plain.split("\n", 1)[0]
    rows = csv.DictReader(io.StringIO(plain), delimiter=";" if ";" in head else ",")
    names = tuple((name or "").strip().casefold() for name in rows.fieldnames or ())
    if names[:2] != COLUMNS[:2] or not set(names) <= set(COLUMNS):
        raise ValueError("Dòng đầu phải là: " + ",".join(COLUMNS) + ".")
    rows.fieldnames = list(names)
    found: dict[Code, Unit] = {}
    for row in rows:
        try:
            unit = _unit({name: (value or "").strip() for name, value in row.items() if isinstance(name, str)})
        except ValueError as error:
            raise ValueError(f"Dòng {rows.line_num}: {error}") from error
        if unit.codes[0] in found:
            raise ValueError(f"Dòng {rows.line_num}: mã «{unit.codes[0].value}» đã có ở dòng trên.")
        found[unit.codes[0]] = unit
    return tuple(found.values())


def _unit(row: dict[str, str]) -> Unit:
    if not row["name"]:
        raise ValueError("thiếu tên đơn vị.")
    above = code_in(row["above"]) if row.get("above") else None
    old = tuple(code_in(one) for one in row.get("old", "").split())
    return Unit(row["name"], (code_in(row["code"]),), above, old)


def with_units(units: Iterable[Unit]) -> UnitCodes:
    """The provinces and the units of a keeper's file. Where both have a code, the file's unit counts."""
    return UnitCodes((*VIETNAM.units, *units))
