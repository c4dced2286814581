"""Finds days, times of day and weekdays in a Vietnamese text; called by facts.py.

Equal values in different forms are recognized: 24/11, "ngày 24 tháng 11" and 24-11-2026; 7h30, "7 giờ 30", 07:30 and
"7 giờ rưỡi". "sáng nay" (this morning) means the day of publication.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_LINK = r"\s*(?:,|và|-|–|đến hết|đến|tới)\s*(?:hết\s+)?(?:ngày\s+)?"
_LISTED = rf"(?:\d{{1,2}}{_LINK}){{0,12}}"
_SLASHED = re.compile(
    rf"(?<![\d/.,])(?P<more>{_LISTED})(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})(?:/(?P<y>\d{{4}}|\d{{2}}))?(?![\d/]|\w)"
)
_POINTED = re.compile(r"(?<![\d/.,-])(?P<more>)(?P<d>\d{1,2})[.-](?P<m>\d{1,2})[.-](?P<y>\d{4})(?!\d)")
_NAMED = re.compile(
    rf"(?<![\d/.,])(?P<more>{_LISTED})(?P<d>\d{{1,2}})\s*(?:,\s*)?"
    r"tháng\s+(?P<m>\d{1,2})(?:,?\s*năm\s+(?P<y>\d{4}))?(?!\d)"
)
_ALONE = re.compile(rf"(?:ngày|mùng|mồng)\s+(?P<more>{_LISTED})(?P<d>\d{{1,2}})(?![\d/.,]*\d|\s*(?:tháng|giờ|h|%))")
_CLOCK = re.compile(
    r"(?<![\d:/.,])(?P<h>\d{1,2})\s?(?:(?:giờ|h|g)(?!\w(?<!\d))\s?"
    r"(?:(?P<m>\d{2})(?!\d)(?:\s?phút)?|(?P<half>rưỡi))?|:(?P<mm>\d{2})(?!\d))"
    r"(?:\s(?P<part>sáng|trưa|chiều|tối|đêm))?"
)
_SPAN = re.compile(r"(?:trong|suốt|sau|mỗi|cả|/24|hơn|gần)\s*\Z")
_WEEKDAY = re.compile(
    r"(?<!kì họp )(?<!lần )(?<!khóa )(?<!hạng )(?<!\w)"
    r"(?:thứ (hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|(chủ nhật))(?!\w)"
)
_WEEKDAYS = {"hai": "2", "ba": "3", "tư": "4", "năm": "5", "sáu": "6", "bảy": "7", "bẩy": "7"}
_PART = re.compile(
    r"(?<!\w)(?:buổi )?(sáng|trưa|chiều|tối|đêm)(?= (?:ngày|mai|nay|qua|thứ|chủ nhật|\d{1,2}/\d))"
    r"|buổi (sáng|trưa|chiều|tối|đêm)"
)
_RELATIVE = re.compile(
    r"(?<!\w)(?:(?:hôm|sáng|trưa|chiều|tối|đêm) (nay|qua|kia)|"
    r"(?:ngày |sáng |trưa |chiều |tối |đêm )(mai)|ngày (kia))(?!\w)"
)
_SHIFT = {"nay": 0, "qua": -1, "mai": 1, "kia": 2}
_YEAR = re.compile(r"(?<![\d/.])(?:19|20)\d\d(?!\d)")
_MONTH = re.compile(r"(?<!\w)tháng (\d{1,2})(?!\d)")
_QUARTER = re.compile(r"(?<!\w)quý (i{1,3}|iv|[1-4])(?!\w)")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


@dataclass(frozen=True, slots=True)
class Days:
    """All that a text says about when something happens; ``rest`` is the text with these parts replaced by ";".

    ``days`` are "24/11", or "24/" without a month. ``relative`` are the days of words such as "ngày mai" (tomorrow),
    in the same form, or the word itself if the day of publication is not known. ``weekdays`` are "2" (Monday) to "7"
    and "cn" (Sunday), ``clocks`` times such as "07:30", ``parts`` parts of the day ("sáng"). ``periods`` has the keys
    month, quarter and year.
    """

    days: frozenset[str]
    relative: frozenset[str]
    weekdays: frozenset[str]
    clocks: frozenset[str]
    parts: frozenset[str]
    periods: dict[str, frozenset[str]]
    rest: str


def days_in(text: str, published: date | None) -> Days:
    """The `Days` of ``text``, which must be spelled by `spell`, in lower case and with numbers in digits.

    ``published`` is the day of publication in the source's zone, None if unknown.
    """
    cutter = _Cutter(text)
    weekdays = frozenset(_WEEKDAYS.get(m[1] or "", m[1] or "cn") for m in cutter.cut(_WEEKDAY))
    parts = frozenset(m[1] or m[2] for m in _PART.finditer(text))
    relative = frozenset(_shifted(next(filter(None, m.groups())), published) for m in cutter.cut(_RELATIVE))
    days: set[str] = set()
    years: set[str] = set()
    for shape in (_NAMED, _SLASHED, _POINTED):
        for match in cutter.cut(shape, _is_day):
            days.update(_days(match))
            years.update(filter(None, [match["y"]]))
    clocks = frozenset(_clock(m) for m in cutter.cut(_CLOCK, _is_clock))
    for match in cutter.cut(_ALONE):
        days.update(f"{int(day)}/" for day in (*re.findall(r"\d+", match["more"]), match["d"]))
    quarters = frozenset(_ROMAN.get(m[1], m[1]) for m in cutter.cut(_QUARTER))
    months = frozenset(str(int(m[1])) for m in cutter.cut(_MONTH))
    years.update(m[0] for m in cutter.cut(_YEAR))
    periods = {"month": months, "quarter": quarters, "year": frozenset(year for year in years if len(year) == 4)}
    return Days(frozenset(days), relative, weekdays, clocks, parts, periods, cutter.text)


class _Cutter:
    """A text from which every match is removed, so that no number is read twice."""

    def __init__(self, text: str) -> None:
        self.text = text

    def cut(self, shape: re.Pattern[str], fits: Callable[[re.Match[str]], bool] = bool) -> Iterator[re.Match[str]]:
        found = [m for m in shape.finditer(self.text) if fits(m)]
        for match in reversed(found):
            self.text = f"{self.text[: match.start()]} ; {self.text[match.end() :]}"
        yield from found


def _is_day(match: re.Match[str]) -> bool:
    return 1 <= int(match["d"]) <= 31 and 1 <= int(match["m"]) <= 12


def _days(match: re.Match[str]) -> Iterator[str]:
    for day in (*re.findall(r"\d+", match["more"]), match["d"]):
        yield f"{int(day)}/{int(match['m'])}"


def _is_clock(match: re.Match[str]) -> bool:
    return int(match["h"]) <= 24 and not _SPAN.search(match.string[max(0, match.start() - 8) : match.start()])


def _clock(match: re.Match[str]) -> str:
    hour, minute = int(match["h"]), int(match["m"] or match["mm"] or (30 if match["half"] else 0))
    if match["part"] in ("chiều", "tối") and hour < 12:
        hour += 12
    return f"{hour:02}:{minute:02}"


def _shifted(word: str, published: date | None) -> str:
    if published is None:
        return word
    day = published + timedelta(days=_SHIFT[word])
    return f"{day.day}/{day.month}"
