"""Codes of administrative units: their schemes, and which units were merged into which; called by core.alerts.

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
    """A code with its scheme, both in the form in which they are compared: ("iso3166", "VN-66")."""

    scheme: str
    value: str


NATION = Code(ISO, "VN")


def scheme_of(name: str) -> str:
    """Returns the name of a scheme in the form in which schemes are compared: lower case, no blanks, no signs.

    The known names of ISO 3166-2 and of the national codes become `ISO` and `NATIONAL`.
    """
    folded = _SIGNS.sub("", unicodedata.normalize("NFC", name)).casefold()
    return _SCHEMES.get(folded, folded)


def code_of(geocode: Geocode) -> Code | None:
    """Returns the code of an alert's area in the form for comparing; None if its scheme or its value is empty."""
    scheme, value = scheme_of(geocode.scheme), geocode.value.strip().upper()
    return Code(scheme, value) if scheme and value else None


def code_in(text: str) -> Code:
    """Parses a code as the configuration writes it (`split_code`). Raises ValueError with a Vietnamese sentence."""
    scheme, value = split_code(text)
    return Code(scheme_of(scheme), value.upper())


@dataclass(frozen=True, slots=True)
class Unit:
    """A nation, province or commune of today.

    ``codes`` are its codes in all schemes, ``old`` those of the units that were merged into it, ``above`` is a code
    of the unit above. ``verified``: the codes stand in an official list; otherwise they are an assumption.
    """

    name: str
    codes: tuple[Code, ...]
    above: Code | None = None
    old: tuple[Code, ...] = ()
    verified: bool = False


class UnitCodes:
    """Answers which codes mean the same unit as another code, including codes of the units that were merged into it.

    A code that belongs to a unit of today and also to a former unit counts as that of the unit of today.
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        self.units = tuple(units)
        self._today = {code: unit for unit in self.units for code in unit.codes}

    def all_codes(self, codes: Iterable[Code]) -> frozenset[Code]:
        """Returns ``codes``, with all other codes of the same units and of the units above them, the nation included.

        ``codes`` are those of an area and of the areas above it. Codes of unknown schemes come back as they are.
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
    """Returns the codes of the nation, its provinces and these communes, whose codes count as unverified."""
    return UnitCodes((*VIETNAM.units, *map(_unit_of, communes)))


def _unit_of(commune: Commune) -> Unit:
    old = tuple(Code(NATIONAL, one) for one in commune.old)
    return Unit(commune.name, (Code(NATIONAL, commune.code),), Code(NATIONAL, commune.province), old)


def province_code(codes: Iterable[str]) -> str:
    """Returns the national code (two digits) of a province of today, named by the first of ``codes`` that names one.

    ``codes`` are those of an area, as the configuration writes them; the code of a merged province counts as that of
    the province of today. The result is "" if none of them names a province.
    """
    for text in codes:
        with suppress(ValueError):
            code = code_in(text)
            named = (unit for unit in VIETNAM.units if code in (*unit.codes, *unit.old))
            found = next((one for unit in named for one in unit.codes if one.scheme == NATIONAL), None)
            if found:
                return found.value
    return ""
