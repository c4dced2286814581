"""Recognises the columns of a list of areas by their Vietnamese or English headings; called by desk.areas.

rows of a file -> `read` -> AreaRow for each line, BadRow for each line that cannot be understood
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from server.core.announcements.search_text import without_marks
from server.core.announcements.table_text import TableLimits
from server.core.geography.codes import area_codes
from server.core.geography.communes import compared
from server.core.geography.points import point_in
from server.core.model import AreaKind, Point
from server.core.text_input import telephone_of

LIMITS = TableLimits(rows=5_001, columns=40, cell=4_000)
"""What a file with a list of areas may have: 5,000 areas below the headings."""
MOST_FORMER = 60
LONGEST_NAME = 120
ColumnName = Literal[
    "code",
    "old_codes",
    "name",
    "kind",
    "parent",
    "former_names",
    "owner",
    "answerable",
    "telephone",
    "phone",
    "point",
]
HEADINGS: dict[ColumnName, str] = {
    "code": "Mã",
    "old_codes": "Mã cũ",
    "name": "Tên",
    "kind": "Cấp",
    "parent": "Thuộc",
    "former_names": "Tên cũ",
    "owner": "Cơ quan chủ quản",
    "answerable": "Người chịu trách nhiệm",
    "telephone": "Điện thoại trực",
    "phone": "Điện thoại",
    "point": "Vị trí",
}
"""The heading of each column in files that the desk writes, in their order."""
ENGLISH_HEADINGS: dict[ColumnName, str] = {
    "code": "Code",
    "old_codes": "Former codes",
    "name": "Name",
    "kind": "Level",
    "parent": "Part of",
    "former_names": "Former names",
    "owner": "Owning body",
    "answerable": "Answerable person",
    "telephone": "Duty telephone",
    "phone": "Telephone",
    "point": "Position",
}
_ALSO: dict[ColumnName, str] = {
    "code": "ma so|ma don vi|ma hanh chinh|ma dvhc|code|unit code",
    "old_codes": "cac ma cu|ma truoc day|ma khac|former codes|old codes|other codes",
    "name": "ten don vi|ten goi|don vi|name|unit",
    "kind": "loai|loai don vi|type|kind|level",
    "parent": "truc thuoc|don vi cap tren|cap tren|thuoc don vi|parent|part of|belongs to",
    "former_names": "ten truoc day|ten goi cu|former names|former name|old names|old name",
    "owner": "chu quan|owner|owning body",
    "answerable": "nguoi chiu trach nhiem noi dung|chiu trach nhiem|answerable person|answerable|person in charge",
    "telephone": "so truc|dt truc|so dien thoai truc|duty telephone|duty phone",
    "phone": "so dien thoai|dt|sdt|telephone|phone",
    "point": "toa do|kinh do vi do|vi do kinh do|point|position|location|coordinates",
}
KIND_NAMES: dict[AreaKind, str] = {
    "central": "Trung ương", "province": "Tỉnh", "commune": "Xã, phường", "hamlet": "Thôn, tổ dân phố",
}  # fmt: skip
ENGLISH_KINDS: dict[AreaKind, str] = {
    "central": "Central", "province": "Province", "commune": "Commune, ward", "hamlet": "Hamlet",
}  # fmt: skip
_KINDS: dict[str, AreaKind | Literal["district"]] = {
    **dict.fromkeys(("trung uong", "central", "quoc gia", "nation"), "central"),
    **dict.fromkeys(("tinh", "thanh pho truc thuoc trung uong", "province", "city"), "province"),
    **dict.fromkeys(("huyen", "quan", "thi xa", "thanh pho thuoc tinh", "district", "cap huyen"), "district"),
    **dict.fromkeys(("xa", "phuong", "thi tran", "dac khu", "commune", "ward", "cap xa"), "commune"),
    **dict.fromkeys(("thon", "to dan pho", "khu pho", "khu dan cu", "xom", "ap", "ban", "lang", "to", "hamlet",
                     "village", "buon", "phum", "soc", "khom", "khoi"), "hamlet"),
    **{without_marks(name): kind for names in (KIND_NAMES, ENGLISH_KINDS) for kind, name in names.items()},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A line of a list. ``line`` counts from 1, the line of headings. What the list does not say is "", () or None.

    ``kind`` is "district" for a district, which becomes no area: its name goes to the areas of its ``parent``.
    """

    line: int
    name: str
    code: str = ""
    old_codes: tuple[str, ...] | None = None
    kind: AreaKind | Literal["district"] = ""
    parent: str = ""
    former_names: tuple[str, ...] | None = None
    owner: str = ""
    answerable: str = ""
    telephone: str = ""
    phone: str = ""
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that is not imported; ``column`` names the cell that is wrong, ``reason`` says why in Vietnamese."""

    line: int
    name: str
    column: ColumnName
    reason: str


@dataclass(frozen=True, slots=True)
class AreaList:
    """What a file says: its lines that can be understood, those that cannot, and headings that are not known."""

    rows: tuple[AreaRow, ...]
    bad: tuple[BadRow, ...]
    unknown: tuple[str, ...]


def read(table: Sequence[Sequence[str]]) -> AreaList:
    """Reads a table whose first row has the headings.

    Raises ValueError, with a Vietnamese sentence, if no column has names, or two columns mean the same.
    """
    found, unknown = _columns(table[0] if table else ())
    rows, bad = list[AreaRow](), list[BadRow]()
    for line, cells in enumerate(table[1:], start=2):
        texts = {name: _cell(cells, at) for name, at in found.items()}
        if not any(texts.values()):
            continue
        row = _row(line, texts)
        if isinstance(row, AreaRow):
            rows.append(row)
        else:
            bad.append(row)
    return AreaList(tuple(rows), tuple(bad), unknown)


def kind_of(name: str) -> AreaKind | Literal["district"]:
    """The kind that the first words of a name say: "commune" for "Xã Minh Tân"; "" if they say none."""
    words = without_marks(name).split()
    for count in (3, 2, 1):
        kind = _KINDS.get(" ".join(words[:count]), "")
        if kind and len(words) > count:
            return kind
    return ""


def _columns(heads: Sequence[str]) -> tuple[dict[ColumnName, int], tuple[str, ...]]:
    known = {
        heading: name for name, also in _ALSO.items() for heading in (without_marks(HEADINGS[name]), *also.split("|"))
    }
    found, unknown = dict[ColumnName, int](), list[str]()
    for at, head in enumerate(heads):
        name = known.get(re.sub(r"[^a-z0-9]+", " ", without_marks(head)).strip())
        if name is None:
            unknown += [head] if head.strip() else []
        elif name in found:
            raise ValueError(f"Hai cột cùng nghĩa: «{heads[found[name]]}» và «{head}».")
        else:
            found[name] = at
    if "name" not in found:
        raise ValueError("Không thấy cột tên đơn vị. Dòng đầu phải là tên các cột, trong đó có cột «Tên».")
    return found, tuple(unknown)


def _cell(cells: Sequence[str], at: int) -> str:
    text = " ".join(cells[at].split()) if at < len(cells) else ""
    # Spreadsheet files write an apostrophe before a text that looks like a formula (desk.web.csv_export).
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _row(line: int, texts: dict[ColumnName, str]) -> AreaRow | BadRow:
    column: ColumnName = "name"
    if not texts["name"]:
        return BadRow(line, "", "name", "Thiếu tên đơn vị.")
    try:
        for column in ("name", "owner", "answerable"):
            _check_length(texts.get(column, ""))
        column = "code"
        code = _main_code(texts.get("code", ""))
        column = "old_codes"
        old = area_codes(texts[column]) if texts.get(column) else None
        column = "kind"
        kind = _kind(texts.get(column, ""), texts["name"])
        column = "former_names"
        former = former_names_in(texts[column]) if texts.get(column) else None
        column = "point"
        point = point_in(texts[column]) if texts.get(column) else None
        column = "telephone"
        numbers = {name: telephone_of(texts.get(name, "")) for name in ("telephone", "phone")}
    except ValueError as error:
        return BadRow(line, texts["name"], column, str(error))
    return AreaRow(
        line, texts["name"], code, old, kind, texts.get("parent", ""), former,
        texts.get("owner", ""), texts.get("answerable", ""), numbers["telephone"], numbers["phone"], point,
    )  # fmt: skip


def _main_code(text: str) -> str:
    codes = area_codes(text)
    if len(codes) > 1:
        raise ValueError("Mỗi đơn vị chỉ có một mã; hãy ghi các mã khác vào cột «Mã cũ».")
    return next(iter(codes), "")


def _check_length(text: str) -> None:
    if len(text) > LONGEST_NAME:
        raise ValueError(f"Dài quá {LONGEST_NAME} chữ cái.")


def _kind(text: str, name: str) -> AreaKind | Literal["district"]:
    if not text:
        return "district" if kind_of(name) == "district" else ""
    kind = _KINDS.get(without_marks(text))
    if kind is None:
        raise ValueError(f"Không hiểu loại «{text[:40]}». Ghi: Trung ương, Tỉnh, Xã, Phường, Thôn hoặc Tổ dân phố.")
    return kind


def former_names_in(text: str) -> tuple[str, ...]:
    """The former names in ``text``, separated by semicolons or line ends, each once.

    Raises ValueError with a Vietnamese sentence if there are too many, or one is too long.
    """
    parts = (" ".join(part.split()) for part in re.split(r"[;\n]", text))
    found = tuple(dict.fromkeys(part for part in parts if part))
    if len(found) > MOST_FORMER:
        raise ValueError(f"Nhiều nhất {MOST_FORMER} tên cũ.")
    for one in found:
        _check_length(one)
    return found


def with_former_name(former_names: Iterable[str], before: str, name: str) -> tuple[str, ...]:
    """The former names of an area that has been called ``before`` ("": a new area) and is called ``name`` now.

    People go on searching by the name that an area has lost. A name that it has again is no former one.
    """
    if not before or compared(before) == compared(name):
        return tuple(former_names)
    return united((one for one in former_names if compared(one) != compared(name)), (before,))


def united(*lists: Iterable[str]) -> tuple[str, ...]:
    """The texts of all lists, each once, in order."""
    return tuple(dict.fromkeys(one for listed in lists for one in listed))
