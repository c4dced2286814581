"""Extracts what a story says about where, when, who and how many, and decides whether two stories contradict.

Called by similarity.py. A fact that only one of two stories has is no contradiction: one author may know more than
the other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from server.core.sources.contrasts import contrasts_in
from server.core.sources.days import Days, days_in
from server.core.sources.spelling import UPPER, digits, number, spell
from server.core.sources.vocabulary import HEADS, LEVELS, PROVINCES, SURNAMES, UNITS

_LEVEL = {spell(word): level for level, words in LEVELS.items() for word in words.split("|")}
_KINDS = "|".join(sorted(_LEVEL, key=len, reverse=True))
KIND_WORD = re.compile("|".join({part for kind in _LEVEL for part in kind.split(" ")}))
"""Matches the single words of terms for kinds of places, such as "tổ", "dân" and "phố" of "tổ dân phố"."""
_SYLLABLE = rf"[{UPPER}][\w’'-]*"
_NAME = rf"{_SYLLABLE}(?: {_SYLLABLE})*"
_PLACE = re.compile(
    rf"(?<![\w])(?:(?P<many>các|những|hai|ba|\d+) )?(?P<kind>(?i:{_KINDS}))(?: dân cư)?(?: số)? "
    rf"(?P<name>{_NAME}|\d[\w.]*)(?P<more>(?:(?:, | và )(?:{_NAME}|\d+(?!\w)))*)"
)
_STRICT = ("hamlet", "commune")
_UNNAMED = re.compile(r"(?<!\w)(?<!các )(?<!những )(?:xã|phường|thôn|xóm|ấp|bản|tổ dân phố|khu phố)(?!\w)")
_RUN = re.compile(rf"(?<![\w./-]){_SYLLABLE}(?: {_SYLLABLE})+")
_TITLED = re.compile(
    r"(?i:ông|bà|anh|chị|em|cụ|cháu|cô|thầy|đồng chí|bác sĩ|nghệ nhân|nhà giáo|"
    r"thương binh|liệt sĩ|tên|truy nã|khởi tố)\Z"
)
_CODE = re.compile(
    r"\d+(?:/\d{4})?/[a-zđ]{2,}[\w-]*|\d{2}[a-zđ]\d?[a-zđ]?[- ]\d{3}\.?\d{2}|(?<![\d.])0\d{2,3}(?:[ .]?\d{3,4}){2}|"
    r"\d{3,4}(?:[.-]\d{3})+(?![\d.])(?= *(?:\.|;|,|\Z))|km ?\d+\+\d+|\d+-\d+(?!\d)"
)
_LABELS = (
    "số|đợt|cấp|báo động|lần thứ|lần|khóa|lớp|hạng|mức độ|thửa|tờ bản đồ|giai đoạn|"
    "vòng|kì|thứ|loại|điều|khu vực|tuyến|phòng|quyển|tầng|vùng|đội|nhóm|trạm|mục|km|đường|đường dây"
)
_LABELLED = re.compile(
    rf"(?<!\w)(?P<label>{spell(_LABELS)})(?: số)? "
    r"(?P<n>\d[\d.,]*|(?=[ivx])x{{0,3}}(?:ix|iv|v?i{{0,3}}))(?!\w)"
)
_COUNT = re.compile(
    r"(?<![\w.,/])(?P<n>\d+(?:[.,]\d+)*) ?(?P<scale>trăm|nghìn|ngàn|triệu|tỷ|tỉ)?"
    r"(?:(?= )| ?(?P<near>%|°c|[^\W\d_]+\d?))"
)
_UNIT = re.compile(r" (?P<unit>[^\W\d_]+\d?|%)")


@dataclass(frozen=True)
class Facts:
    """The facts that one text states, in lower case.

    ``places`` maps a level (`LEVELS`) to names of places; ``names`` are those whose level the text does not say.
    ``numbers`` maps a kind to numbers: "nr:" and the label before them ("nr:số"), "n:" and the unit after them
    ("n:hộ"), or "code" (numbers of documents, vehicles, telephones). ``contrasts`` is what `contrasts_in` returns.
    ``lower`` holds all words of the text, separated by single spaces.
    """

    places: Mapping[str, frozenset[str]]
    names: frozenset[str]
    people: frozenset[str]
    when: Days
    numbers: Mapping[str, frozenset[str]]
    contrasts: Mapping[int, frozenset[str]]
    lower: str

    @property
    def provinces(self) -> frozenset[str]:
        """The names of provinces that occur in the text, with or without "tỉnh" (province) before them."""
        return frozenset(name for name in PROVINCES if f" {name} " in f" {self.lower} ")

    @cached_property
    def named(self) -> frozenset[str]:
        """Every word of every name in `all_names`."""
        return frozenset(word for name in self.all_names for word in name.split(" "))

    @property
    def all_names(self) -> frozenset[str]:
        """The names of places and people, and names of unknown kind."""
        return self.names.union(self.people, *self.places.values())

    @property
    def unnamed_place(self) -> bool:
        """True if the text says "the commune", "the hamlet" or the like but names none of these."""
        return not any(self.places.get(level) for level in _STRICT) and _UNNAMED.search(self.lower) is not None

    @cached_property
    def figures(self) -> frozenset[tuple[str, str]]:
        """Days, times and numbers of the text as (kind, value)."""
        when = self.when
        sets = {**self.numbers, **when.periods, "weekday": when.weekdays, "clock": when.clocks, "part": when.parts}
        sets["day"] = when.days | when.relative
        return frozenset((kind, value) for kind, values in sets.items() for value in values)

    def covers(self, other: Facts) -> bool:
        """True if this text states every date, time, number and name of ``other``."""
        return other.figures <= self.figures and not _missing(other.all_names, self)


def count_shared(one: Facts, other: Facts) -> tuple[int, int]:
    """Returns how many facts two stories share: (strong ones, weak ones).

    Strong are places, people, codes and numbers after the label "số" (number); weak are provinces, days, times and
    other numbers.
    """
    shared = one.figures & other.figures
    codes = sum(kind in ("code", "nr:số") for kind, _ in shared)
    places = {(level, name) for level, names in one.places.items() for name in names - _missing(names, other)}
    provinces = sum(level == "province" for level, _ in places) + len(one.provinces & other.provinces)
    unplaced = one.names | one.people
    named = len(unplaced - _missing(unplaced, other))
    return codes + len(places) - provinces + named, len(shared) - codes + provinces


def facts_of(text: str, published: date | None) -> Facts:
    """The facts of ``text``, a headline with or without its article.

    ``published`` is the day of publication, to which words such as "hôm nay" (today) refer.
    """
    written = digits(spell(text))
    places, names_of_places = _places(written)
    names, people = _names(_PLACE.sub(" ; ", written))
    lower = written.lower()
    numbers: dict[str, set[str]] = defaultdict(set)
    when = days_in(_without_codes(_without_numbered_places(lower, places), numbers), published)
    _count(when.rest, numbers)
    return Facts(
        {level: frozenset(values) for level, values in places.items()},
        names - names_of_places,
        people,
        when,
        {kind: frozenset(values) for kind, values in numbers.items()},
        contrasts_in(lower),
        " ".join(re.findall(r"\w+", lower)),
    )


def contradict(one: Facts, other: Facts) -> bool:
    """True if the stories name different places, people, days, times or numbers, or use contrasting expressions."""
    return (
        _places_differ(one, other)
        or _parted(one.provinces, other.provinces)
        or _people_differ(one, other)
        or _days_differ(one.when, other.when)
        or _numbers_differ(one.numbers, other.numbers)
        or any(_parted(found, other.contrasts.get(group, frozenset())) for group, found in one.contrasts.items())
    )


def _parted(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """True if each of the two sets has an element that the other set lacks."""
    return bool(mine - theirs) and bool(theirs - mine)


def _places(text: str) -> tuple[dict[str, set[str]], set[str]]:
    """Returns (level -> places, names of all these places) found in ``text``, which must be in its original case."""
    found: dict[str, set[str]] = defaultdict(set)
    names: set[str] = set()
    for match in _PLACE.finditer(text):
        kind = match["kind"].lower()
        for name in _listed(match):
            level = "province" if name in PROVINCES and _LEVEL[kind] in ("province", "commune") else _LEVEL[kind]
            found[level].add(f"{kind} {name}" if name[0].isdigit() else name)
            names.add(name)
    return found, names


def _listed(match: re.Match[str]) -> Iterator[str]:
    """Yields the names in a match of `_PLACE`: one, or several as in "các thôn Nội, Ngoại và Trung"."""
    yield match["name"].lower().rstrip(".")
    if match["many"]:
        yield from (more.lower() for more in re.split(", | và ", match["more"])[1:])


def _names(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Returns (names of unknown kind, names of people) in ``text``, from which known places were removed."""
    names: set[str] = set()
    people: set[str] = set()
    for match in _RUN.finditer(text):
        words = match[0].split(" ")
        titled = bool(_TITLED.search(text[: match.start()].rstrip()))
        while words and _is_head(words[0], titled):
            titled = titled or bool(_TITLED.match(words[0]))
            words = words[1:]
        name = " ".join(words).lower()
        if len(words) < 2 or name in PROVINCES:
            continue
        is_person = titled or (len(words) >= 3 and words[0].lower() in SURNAMES)
        (people if is_person else names).add(name)
    return frozenset(names), frozenset(people)


def _is_head(word: str, titled: bool) -> bool:
    return (word.lower() in HEADS and not titled) or (len(word) > 1 and word.isupper())


def _without_numbered_places(lower: str, places: Mapping[str, set[str]]) -> str:
    """The text without places that consist of a kind and a number ("thôn 3"), because the number is no quantity."""
    numbered = (place for values in places.values() for place in values if place[-1].isdigit())
    for place in sorted(numbered, key=len, reverse=True):
        kind, _, name = place.rpartition(" ")
        lower = re.sub(rf"(?<!\w){re.escape(kind)}(?: số)? {re.escape(name)}(?!\w)", " ; ", lower)
    return lower


def _without_codes(lower: str, numbers: dict[str, set[str]]) -> str:
    """The text without numbers of documents, vehicles and telephones, which are added to ``numbers``."""

    def taken(match: re.Match[str]) -> str:
        bare = re.sub(r"[ .]", "", match[0])
        if re.fullmatch(r"\d{1,4}-\d{1,4}", bare):
            return match[0]  # a score, a range or a span of years: left in the text to be read as numbers
        numbers["code"].add(bare)
        return " ; "

    return _CODE.sub(taken, lower)


def _count(rest: str, numbers: dict[str, set[str]]) -> None:
    """Adds the numbers after a label or before a unit in ``rest``, a text without days and codes, to ``numbers``."""

    def labelled(match: re.Match[str]) -> str:
        numbers[f"nr:{match['label']}"].add(_roman(match["n"].rstrip(".,")))
        return " ; "

    rest = _LABELLED.sub(labelled, rest)
    for match in _COUNT.finditer(rest):
        after = _UNIT.match(rest, match.end())
        unit = match["near"] or (after["unit"] if after else "")
        numbers[f"n:{UNITS.get(unit, unit)}"].add(number(match["n"], match["scale"] or ""))


def _roman(written: str) -> str:
    if written[0].isdigit():
        return number(written)
    values = [{"i": 1, "v": 5, "x": 10}[letter] for letter in written]
    signed = (-one if one < following else one for one, following in zip(values, [*values[1:], 0], strict=True))
    return str(sum(signed))


def _lacks(name: str, other: Facts) -> bool:
    """True if ``name`` does not occur in the text of ``other``.

    A name of one syllable, or one that ends in a digit, is looked for only among the places of ``other``.
    """
    if " " in name and not name[-1].isdigit():
        return f" {name} " not in f" {other.lower} "
    return all(name not in values for values in other.places.values())


def _missing(names: frozenset[str], other: Facts) -> frozenset[str]:
    """Returns those of ``names`` that do not occur in ``other`` (`_lacks`)."""
    return frozenset(name for name in names if _lacks(name, other))


def _places_differ(one: Facts, other: Facts) -> bool:
    for level in one.places.keys() & other.places.keys():
        mine, theirs = _missing(one.places[level], other), _missing(other.places[level], one)
        if (mine and theirs) or (level in _STRICT and (mine or theirs)):
            return True
    mine, theirs = _missing(one.names, other), _missing(other.names, one)
    return bool((mine and (theirs or _settled(other, one))) or (theirs and _settled(one, other)))


def _settled(one: Facts, other: Facts) -> bool:
    """True if ``one`` names a hamlet or commune that does not occur in ``other``."""
    return any(_missing(one.places.get(level, frozenset()), other) for level in _STRICT)


def _people_differ(one: Facts, other: Facts) -> bool:
    return bool(_missing(one.people, other) and _missing(other.people, one))


def _days_differ(one: Days, other: Days) -> bool:
    mine, theirs = one.days | one.relative, other.days | other.relative
    for these, those in ((one.days, other.days), (one.relative, other.relative)):
        if these and those and _without(these, theirs) and _without(those, mine):
            return True
    return (
        _parted(one.weekdays, other.weekdays)
        or _parted(one.clocks, other.clocks)
        or _parted(one.parts, other.parts)
        or any(_parted(one.periods[kind], other.periods[kind]) for kind in one.periods)
    )


def _without(days: frozenset[str], others: frozenset[str]) -> set[str]:
    """Returns those of ``days`` that are not in ``others``; a day without a month equals that day of any month."""
    bare = {day.split("/")[0] for day in others if day.endswith("/")}
    known = {day.split("/")[0] for day in others}
    return {
        day for day in days if day not in others and day.split("/")[0] not in (known if day.endswith("/") else bare)
    }


def _numbers_differ(one: Mapping[str, frozenset[str]], other: Mapping[str, frozenset[str]]) -> bool:
    of_one, of_other = _all(one), _all(other)
    return any(one[kind] - of_other and other[kind] - of_one for kind in one.keys() & other.keys())


def _all(numbers: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*numbers.values())
