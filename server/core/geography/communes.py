"""Communes of Vietnam with their national codes and centres, and a search for communes by name.

Made by server.setup.commune_list; used by core.alerts.codes and by the desk's form of an area's place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from server.core.model import Point

_TONES = "\u0300\u0301\u0303\u0309\u0323"


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune, ward or special zone of today.

    ``code`` and ``old`` are national codes of five digits, ``province`` is one of two digits. ``old`` are the codes
    of the former units that were merged into it wholly or in part, except for a code equal to ``code``.
    ``former_names`` are the names of all those units with their districts, such as "Xã An Ninh, huyện Quỳnh Phụ".
    """

    code: str
    name: str
    province: str
    point: Point
    old: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()


def named(communes: Iterable[Commune], name: str, province: str = "") -> tuple[Commune, ...]:
    """Returns the communes with this name in the province with the national code ``province`` ("": in any province).

    Case, extra blanks and the place of a tone mark ("Hoà", "Hòa") do not matter.
    """
    wanted = compared(name)
    return tuple(one for one in communes if province in ("", one.province) and compared(one.name) == wanted)


def compared(name: str) -> tuple[tuple[str, str], ...]:
    """Returns (letters, tone marks) of each word, the form in which names are compared.

    Case, blanks and the place of a tone mark ("Hoà", "Hòa") make no difference in it.
    """
    words = unicodedata.normalize("NFD", name.casefold()).split()
    return tuple(
        ("".join(one for one in word if one not in _TONES), "".join(one for one in word if one in _TONES))
        for word in words
    )
