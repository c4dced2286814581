"""Codes of administrative units, their schemes and what became of merged ones; called by core.alerts.

Two schemes are known here: ISO 3166-2 (provinces; VN itself is the nation) and the national codes (two digits for
provinces, five for communes). Codes of any other scheme are compared as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from server.core.alerts.document import Geocode
from server.core.alerts.provinces import PROVINCES
from server.core.geography.codes import split_code
from server.core.geography.communes import Commune

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
    """A code as the configuration writes it (`split_code`). Raises ValueError with a Vietnamese sentence."""
    scheme, value = split_code(text)
    return Code(scheme_of(scheme), value.upper())


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
    """Answers which codes mean the same unit as another code, also those of the units that were merged into it.

    Where a code is that of a unit of today and of an earlier one, the unit of today counts.
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        self.units = tuple(units)
        self._today = {code: unit for unit in self.units for code in unit.codes}

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


def with_communes(communes: Iterable[Commune]) -> UnitCodes:
    """The nation, its provinces and these communes, whose codes count as unverified."""
    return UnitCodes((*VIETNAM.units, *map(_unit_of, communes)))


def _unit_of(commune: Commune) -> Unit:
    old = tuple(Code(NATIONAL, one) for one in commune.old)
    return Unit(commune.name, (Code(NATIONAL, commune.code),), Code(NATIONAL, commune.province), old)


def province_code(codes: Iterable[str]) -> str:
    """The national code, two digits, of today's province that one of an area's codes names; "" if none does.

    ``codes`` are as the configuration writes them; those of a merged province count too.
    """
    for text in codes:
        with suppress(ValueError):
            code = code_in(text)
            named = (unit for unit in VIETNAM.units if code in (*unit.codes, *unit.old))
            found = next((one for unit in named for one in unit.codes if one.scheme == NATIONAL), None)
            if found:
                return found.value
    return ""
