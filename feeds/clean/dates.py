"""Converts dates as sources write them to UTC; called by feeds.clean.refine and feeds.formats.html_list.

A table of formats comes first, because general parsers read Vietnamese dates wrongly or not at all; other text goes
to dateparser. Rules: the source's time zone if none is given, day before month, ``ICT`` is +07:00, SA and CH mean
before and after noon.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import dateparser

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
            "aug august", "sep sept september", "oct october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_ZONES = {
    name: hours
    for hours, names in {
        0: "gmt utc ut z wet", 1: "cet bst west", 2: "cest eet", 3: "msk eest", 7: "ict",
        8: "sgt hkt awst", 9: "jst kst", 10: "aest", -3: "adt", -4: "edt ast", -5: "est cdt",
        -6: "cst mdt", -7: "mst pdt", -8: "pst",
    }.items()
    for name in names.split()
}  # fmt: skip

_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_MONTH = rf"(?:(?:thg|th|tháng|t)\.? ?(?P<m>\d{{1,2}})|(?P<name>{_NAMES})\.?)"
_YMD = re.compile(r"(?<!\d)(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)t?")
_DMY = re.compile(r"(?<!\d)(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4}|\d{2})(?!\d)")
_WORDS = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ ,/-]*{_MONTH}[ ,/-]*(?:năm )?(?P<y>\d{{4}}|\d{{2}})(?!\d)"
)
_AMERICAN = re.compile(rf"{_MONTH} ?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})(?!\d)")
_DAYS = (_YMD, _DMY, _WORDS, _AMERICAN)
_TIME = re.compile(
    r"(?<![\d+:-])(?P<h>\d{1,2})"
    r"(?: ?(?:giờ|h) ?(?P<hm>\d{1,2})?(?: ?phút)?|:(?P<m>\d{1,2})(?::(?P<s>\d{1,2})(?:[.,]\d+)?)?)"
    r"(?: ?(?P<half>sa|ch|am|pm|a\.m\.|p\.m\.|sáng|chiều|tối))?(?![\d:])"
)
_ZONE = re.compile(
    r"\(?(?:(?:gmt|utc|ut)? ?(?P<sign>[+-])(?P<zh>\d{1,2}):?(?P<zm>\d{2})?"
    rf"|\b(?P<name>{'|'.join(_ZONES)})\b)\)?"
)
# Text around date and time that does not matter: weekdays, "ngày", "lúc", "cập nhật", punctuation.
_FILLER = re.compile(
    r"thứ ?(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ nhật|\bth? ?[2-7]\b|\bcn\b|"
    r"\b(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?:day|nesday|rsday|urday)?\b|"
    r"ngày|lúc|vào|đăng|cập nhật|xuất bản|\bat\b|\bon\b|[\s,.;|()\[\]–—-]|:(?!\d)"
)
_EPOCH = re.compile(r"\d{9,10}|\d{13}")
_BARE = re.compile(r"(\d{4})(\d{2})(\d{2})(?:t?(\d{2})(\d{2})(\d{2})?z?)?")
_OLDEST = 1971
_UNKNOWN = object()


_CLOCK = r"\d{1,2}(?::\d{2}(?::\d{2})?|h\d{2}| ?giờ(?: ?\d{1,2}(?: ?phút)?)?)(?: ?(?:sa|ch|am|pm))?"
_DAY = (
    r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|"
    r"\d{1,2},? (?:tháng|thg|th) ?\d{1,2},? (?:năm )?\d{4}"
)
_GAP = r"[\s,;|()–-]{1,4}(?:lúc |ngày )?"
_IN_TEXT = re.compile(rf"(?<![\d/.-])(?:(?:{_CLOCK}){_GAP})?(?:{_DAY})(?:T|{_GAP})?(?:{_CLOCK})?(?![\d/])", re.I)


def dates_in(text: str) -> Iterator[str]:
    """The parts of ``text`` that look like dates, with their times ("Đăng: 15/09/2026 | 08:30 - Lượt xem: 9")."""
    for match in _IN_TEXT.finditer(unicodedata.normalize("NFC", text)):
        yield match.group().strip(" ,;|()–-")


def parse_date(text: str, *, zone: str, now: datetime, thorough: bool = True) -> datetime | None:
    """The instant that ``text`` names, in UTC; None if there is none, or none that is plausible.

    ``zone`` (an IANA name) is the source's time zone, for texts without one; ``now`` is aware. Not plausible are
    dates before 1971 (the zero dates of Unix and .NET), more than a day after ``now``, and days that no calendar has.
    With ``thorough=False`` only the table is used: microseconds, where dateparser takes milliseconds.
    """
    normalized = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip().lower()
    if not normalized or len(normalized) > 120:
        return None
    own = ZoneInfo(zone)
    try:
        instant: object = _by_table(normalized, own, now)
        if instant is _UNKNOWN and thorough:
            instant = _by_library(normalized, own, now)
        return usable(instant, now) if isinstance(instant, datetime) else None
    except (ValueError, OverflowError):  # 31 February, hour 25, year 0
        return None


def usable(instant: datetime, now: datetime) -> datetime | None:
    """``instant`` (aware) in UTC if it is plausible by the rules of ``parse_date``, else None."""
    if instant.year >= now.year + 400:  # the Buddhist era, as Thai systems write it
        instant = instant.replace(year=instant.year - 543)
    if instant.year < _OLDEST:
        return None
    utc = instant.astimezone(UTC)
    return utc if utc <= now + timedelta(days=1) else None


def _by_table(text: str, own: tzinfo, now: datetime) -> datetime | object:
    """A datetime for a known format, _UNKNOWN for others. Raises ValueError for impossible values."""
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    bare = _BARE.fullmatch(text)
    if bare:
        year, month, date, hour, minute, second = (int(part or 0) for part in bare.groups())
        zone = UTC if text.endswith("z") else own
        return datetime(year, month, date, hour, minute, second, tzinfo=zone)
    for shape in _DAYS:
        day = shape.search(text)
        if day:
            return _assemble(day, text[: day.start()] + " " + text[day.end() :], own, now)
    return _UNKNOWN


def _assemble(day: re.Match[str], rest: str, own: tzinfo, now: datetime) -> datetime | object:
    time = _TIME.search(rest)
    if time:
        rest = rest[: time.start()] + " " + rest[time.end() :]
    zone = _ZONE.search(rest)
    if zone:
        rest = rest[: zone.start()] + " " + rest[zone.end() :]
    if _FILLER.sub("", rest):
        return _UNKNOWN
    return _midnight(day, _offset(zone) if zone else own, now) + (_since_midnight(time) if time else timedelta())


def _midnight(day: re.Match[str], zone: tzinfo, now: datetime) -> datetime:
    parts = day.groupdict()
    month = int(parts["m"]) if parts["m"] else _MONTHS[parts["name"]]
    date, year = int(parts["d"]), int(parts["y"])
    if month > 12 >= date and day.re is _DMY:
        date, month = month, date
    if len(parts["y"]) == 2:
        year += 2000 if 2000 + year <= now.year + 1 else 1900
    return datetime(year, month, date, tzinfo=zone)


def _since_midnight(time: re.Match[str]) -> timedelta:
    hour, minute = int(time["h"]), int(time["m"] or time["hm"] or 0)
    second = min(int(time["s"] or 0), 59)
    half = (time["half"] or "").replace(".", "")
    if half in ("ch", "pm", "chiều", "tối") and hour < 12:
        hour += 12
    elif half in ("sa", "am", "sáng") and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or (hour == 24 and minute + second):
        raise ValueError("no such time of day")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _offset(zone: re.Match[str]) -> timezone:
    if zone["name"]:
        return timezone(timedelta(hours=_ZONES[zone["name"]]))
    ahead = timedelta(hours=int(zone["zh"]), minutes=int(zone["zm"] or 0))
    return timezone(ahead if zone["sign"] == "+" else -ahead)


def _by_library(text: str, own: ZoneInfo, now: datetime) -> datetime | None:
    """Relative times ("3 giờ trước") and all other formats, by dateparser; a single number is not a date."""
    if not re.search(r"\d.*\D|\D.*\d|hôm|yesterday|today", text):
        return None
    try:
        found = _ask_dateparser(text, own, now)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        return None  # dateparser raises all of these for some texts
    return found.replace(tzinfo=own) if found is not None and found.tzinfo is None else found


def _ask_dateparser(text: str, own: ZoneInfo, now: datetime) -> datetime | None:
    found: datetime | None = dateparser.parse(
        text,
        languages=["vi", "en"],
        settings={
            "TIMEZONE": own.key,
            "RETURN_AS_TIMEZONE_AWARE": True,
            "RELATIVE_BASE": now.astimezone(own).replace(tzinfo=None),
            "DATE_ORDER": "DMY",
            "REQUIRE_PARTS": ["day", "month", "year"],
        },
    )
    return found
