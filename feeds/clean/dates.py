"""Converts dates as sources write them to UTC; called by refine, html_list and selector_proposal.

Known formats are parsed by the regular expressions of this module, because general parsers read Vietnamese dates
wrongly or not at all; other text goes to dateparser. Rules: a date without a time zone is in the source's time zone,
the day stands before the month, ``ICT`` is +07:00, SA and CH mean before and after noon.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

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
        0: "gmt utc ut z wet", 1: "cet bst west", 2: "cest eet", 3: "msk eest", 7: "ict vnt hovt wib",
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
# Day and month without a year, as list pages write recent dates; the year is the latest for which the day has come.
_DM = re.compile(r"(?<![\d/.:-])(?P<d>\d{1,2})(?:[/-]| ?tháng ?)(?P<m>\d{1,2})(?![\d/.:-])")
_TIME = re.compile(
    r"(?<![\d+:-])(?P<h>\d{1,2})"
    r"(?: ?(?:giờ|[hg](?!\w*[a-z])) ?(?P<hm>\d{1,2})?(?: ?phút)?|:(?P<m>\d{1,2})(?::(?P<s>\d{1,2})(?:[.,]\d+)?)?)"
    r"(?: ?(?P<half>(?:sa|ch|am|pm|sáng|trưa|chiều|tối|đêm)(?!\w)|a\.m\.|p\.m\.))?(?![\d:])"
)
_HERE = re.compile(
    r"se asia standard time|indo-?china(?: standard)? time|vietnam time|(?:giờ )?(?:đông dương|việt nam)"
)
_ZONE = re.compile(
    r"\(?(?:(?:gmt|utc|ut)? ?(?P<sign>[+-])(?P<zh>\d{1,2}):?(?P<zm>\d{2})?(?![\d/])"
    r"|(?<![a-z/])(?P<region>(?:asia|europe|america|australia|pacific|africa|etc)/[a-z_/+-]+\d{0,2})"
    # An offset whose "+" was decoded as a space, as in a URL.
    r"|(?<=:\d\d) (?P<lost>(?:0\d|1[0-4]):?(?:00|30|45))(?![:\d])"
    rf"|(?P<here>{_HERE.pattern})"
    rf"|\b(?P<name>{'|'.join(_ZONES)})\b)\)?"
)
# Text left over beside a date that looks like the name of a time zone; see ``unknown_zone``.
_ZONE_LIKE = re.compile(r"\(?([a-z]{2,5}|[a-z]+/[a-z_/]+)\)?")
# Text around date and time that does not matter: weekdays, "ngày", "lúc", "cập nhật", punctuation.
_FILLER = re.compile(
    r"thứ ?(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ nhật|\bth? ?[2-7]\b|\bcn\b|"
    r"\b(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?:day|nesday|rsday|urday)?\b|"
    r"ngày|lúc|vào|đăng|cập nhật|xuất bản|\bat\b|\bon\b|[\s,.;|()\[\]–—-]|:(?!\d)"
)
# Half of the day -> the hours on a clock of 12 hours that are counted from noon; "đêm" is night, "trưa" midday.
_AFTERNOON = {
    "ch": range(12), "pm": range(12), "chiều": range(12), "tối": range(12), "trưa": range(3), "đêm": range(7, 12)
}  # fmt: skip
_JUST_NOW = re.compile(r"(?:vừa|mới)(?: (?:xong|đăng|mới|nãy|cập nhật))?|vừa mới đăng|just now")
_FEW = {
    "nửa": 0.5, "một": 1.0, "hai": 2.0, "ba": 3.0, "bốn": 4.0, "năm": 5.0, "sáu": 6.0, "bảy": 7.0, "tám": 8.0,
    "chín": 9.0, "mười": 10.0,
}  # fmt: skip
_UNITS = {
    "giây": timedelta(seconds=1), "phút": timedelta(minutes=1), "giờ": timedelta(hours=1),
    "tiếng": timedelta(hours=1), "ngày": timedelta(days=1), "hôm": timedelta(days=1), "tuần": timedelta(weeks=1),
}  # fmt: skip
_PAST = rf"(?P<count>\d{{1,3}}(?:,\d)?|{'|'.join(_FEW)}) ?(?P<unit>{'|'.join(_UNITS)})(?: đồng hồ)?"
_AGO = re.compile(
    rf"(?:(?:đăng|cập nhật) )?(?:cách đây (?:khoảng )?{_PAST}|{_PAST.replace('?P<', '?P<s_')} (?:trước|qua))"
)
_EPOCH = re.compile(r"\d{9,10}|\d{13}")
_BARE = re.compile(r"(\d{4})(\d{2})(\d{2})(?:t?(\d{2})(\d{2})(\d{2})?(?:[.,]\d+)?(z| ?[+-]\d{2}:?(?:\d{2})?)?)?")
# Earlier and later years are implausible: the zero dates of Unix, .NET and SharePoint (1970, 1, 1899), unset clocks.
_OLDEST, _NEWEST = 2000, 2100
_UNKNOWN = object()


_CLOCK = (
    r"\d{1,2}(?::\d{2}(?::\d{2})?|h\d{2}| ?giờ(?: ?\d{1,2}(?: ?phút)?)?)"
    r"(?: ?(?:sa|ch|am|pm|sáng|trưa|chiều|tối|đêm)\b)?"
)
_DAY = (
    r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|"
    r"\d{1,2},? (?:tháng|thg|th) ?\d{1,2},? (?:năm )?\d{4}"
)
_GAP = r"[\s,;|()–-]{1,4}(?:lúc |ngày )?"
# A date without a year counts only beside a time of day or in brackets: "24/11" alone may be a part of a number.
_SHORT = r"\d{1,2}[/-]\d{1,2}(?![\d/-])"
_IN_TEXT = re.compile(
    rf"(?<![\d/.-])(?:(?:(?:{_CLOCK}){_GAP})?(?:{_DAY})(?:T|{_GAP})?(?:{_CLOCK})?(?![\d/])|"
    rf"(?:{_CLOCK}){_GAP}{_SHORT}|{_SHORT}{_GAP}(?:{_CLOCK})(?![\d/])|(?<=\(){_SHORT}(?=\)))",
    re.I,
)


_RELATIVE = re.compile(
    rf"{_JUST_NOW.pattern}|{_AGO.pattern}|\d{{1,2}} tháng trước|hôm (?:qua|kia)|"
    rf"hôm (?:nay|qua|kia)[ ,]+(?:lúc )?{_CLOCK}|{_CLOCK}[ ,]+hôm (?:nay|qua|kia)"
)


def dates_in(text: str) -> Iterator[str]:
    """Yields the parts of ``text`` that look like dates, with their times, such as "15/09/2026 | 08:30"."""
    for match in _IN_TEXT.finditer(unicodedata.normalize("NFC", text)):
        yield match.group().strip(" ,;|()–-")


def is_relative(text: str) -> bool:
    """Returns whether all of ``text`` says how long ago something was: "3 giờ trước", "Hôm qua, 9:15", "vừa xong"."""
    return len(text) < 40 and _RELATIVE.fullmatch(_normalized(text)) is not None


def parse_date(text: str, *, zone: str, now: datetime, thorough: bool = True) -> datetime | None:
    """Returns the instant that ``text`` names, in UTC; None if it names none, or an implausible one.

    ``zone`` (an IANA name) is the source's time zone, for texts without one; ``now`` is aware. Implausible are dates
    before 2000 (such as the zero dates of Unix and .NET), after 2100 or more than a day after ``now``, and days that
    do not exist. With ``thorough=False`` only this module's formats are tried, which takes microseconds; dateparser
    takes milliseconds.
    """
    normalized = _normalized(text)
    if not normalized or len(normalized) > 120:
        return None
    own = ZoneInfo(zone)
    normalized = normalized.replace("hôm kia", f"{now.astimezone(own) - timedelta(days=2):%d/%m/%Y}")
    try:
        instant: object = _ago(normalized, now) or _by_table(normalized, own, now)
        if instant is _UNKNOWN and thorough:
            instant = _by_library(normalized, own, now)
        return usable(instant, now) if isinstance(instant, datetime) else None
    except (ValueError, OverflowError):  # 31 February, hour 25, year 0
        return None


def usable(instant: datetime, now: datetime) -> datetime | None:
    """Returns ``instant`` (aware) in UTC if it is plausible by the rules of ``parse_date``, else None."""
    if instant.year >= now.year + 400:  # the Buddhist era, as Thai systems write it
        try:
            instant = instant.replace(year=instant.year - 543)
        except ValueError:  # 29 February of a year that is a leap year only as it is written
            return None
    if not _OLDEST <= instant.year <= _NEWEST:
        return None
    utc = instant.astimezone(UTC)
    return utc if utc <= now + timedelta(days=1) else None


def _by_table(text: str, own: tzinfo, now: datetime) -> datetime | object:
    """Returns the date in a normalized text of a format that this module knows, else _UNKNOWN.

    ``own`` is the source's time zone. Raises ValueError for impossible values.
    """
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    bare = _BARE.fullmatch(text)
    if bare:
        year, month, date, hour, minute, second = (int(part or 0) for part in bare.groups()[:6])
        zone = _ZONE.fullmatch((bare[7] or "").strip())
        return datetime(year, month, date, hour, minute, second, tzinfo=(_offset(zone) if zone else None) or own)
    day = _day_in(text) or _DM.search(text)
    return _assemble(day, own, now) if day else _UNKNOWN


def _normalized(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip().lower()


def _day_in(text: str) -> re.Match[str] | None:
    """Returns the first date with a year in a normalized text; None if there is none.

    The patterns in ``_DAYS`` are tried in order.
    """
    return next(filter(None, (shape.search(text) for shape in _DAYS)), None)


def _around(match: re.Match[str]) -> str:
    """Returns the text in which ``match`` was found, with the matched part replaced by a space."""
    return f"{match.string[: match.start()]} {match.string[match.end() :]}"


def _split(rest: str) -> tuple[re.Match[str] | None, re.Match[str] | None, str]:
    """Splits ``rest``, the text around a day, into (match of the time, match of the zone, other words).

    A match is None if there is no time or zone. Filler words such as "lúc" are left out.
    """
    zone = _ZONE.search(rest)
    rest = _HERE.sub("", _around(zone)) if zone else rest
    time = _TIME.search(rest)
    return time, zone, _FILLER.sub("", _around(time) if time else rest)


def unknown_zone(text: str) -> str:
    """Returns the name of a time zone in ``text`` that ``parse_date`` does not know, "" if there is none.

    ``parse_date`` reads a time with such a name as a time in the source's zone.
    """
    day = _day_in(_normalized(text)[:120])
    if day is None:
        return ""
    _, zone, left = _split(_around(day))
    if zone:
        return zone["region"] if zone["region"] and _region(zone["region"]) is None else ""
    return left if _ZONE_LIKE.fullmatch(left) else ""


def _region(name: str) -> tzinfo | None:
    """Returns the zone of a name such as "asia/ho_chi_minh"; None if the zone database has none."""
    proper = "/".join("_".join(word.capitalize() for word in part.split("_")) for part in name.split("/"))
    try:
        return ZoneInfo(proper)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _assemble(day: re.Match[str], own: tzinfo, now: datetime) -> datetime | object:
    time, zone, left = _split(_around(day))
    if left and not _ZONE_LIKE.fullmatch(left):
        return _UNKNOWN
    return _midnight(day, (_offset(zone) if zone else None) or own, now) + (
        _since_midnight(time) if time else timedelta()
    )


def _midnight(day: re.Match[str], zone: tzinfo, now: datetime) -> datetime:
    parts = day.groupdict()
    if day.re is _DM:
        today = now.astimezone(zone) + timedelta(days=1)
        this_year = datetime(today.year, int(parts["m"]), int(parts["d"]), tzinfo=zone)
        return this_year if this_year <= today else this_year.replace(year=today.year - 1)
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
    if hour in _AFTERNOON.get(half, ()):
        hour += 12
    elif half in ("sa", "am", "sáng", "đêm") and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or (hour == 24 and minute + second):
        raise ValueError("no such time of day")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _offset(zone: re.Match[str]) -> tzinfo | None:
    """Returns the time zone that a match of ``_ZONE`` names; None for a region that is not in the zone database."""
    if zone["region"]:
        return _region(zone["region"])
    if zone["name"]:
        return timezone(timedelta(hours=_ZONES[zone["name"]]))
    if zone["here"]:
        return timezone(timedelta(hours=7))
    lost = zone["lost"]
    hours, minutes = (lost[:2], lost[-2:]) if lost else (zone["zh"], zone["zm"] or 0)
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-ahead if zone["sign"] == "-" else ahead)


def _ago(text: str, now: datetime) -> datetime | None:
    """Returns the instant of a normalized text that only says how long ago it was; None for any other text.

    Parses the words that dateparser does not know.
    """
    if _JUST_NOW.fullmatch(text):
        return now
    found = _AGO.fullmatch(text)
    if found is None:
        return None
    count, unit = found["count"] or found["s_count"], found["unit"] or found["s_unit"]
    return now - (_FEW.get(count) or float(count.replace(",", "."))) * _UNITS[unit]


def _by_library(text: str, own: ZoneInfo, now: datetime) -> datetime | None:
    """Returns the date that dateparser finds in a text of any format, also a relative one; None if it finds none.

    Text without a digit or a word for today or yesterday, and a single number, are not dates.
    """
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
