"""Writes a spreadsheet's dates and times as the cell's number format says, with Vietnamese names of days and months.

Called by number_format.
"""

from __future__ import annotations

from datetime import date, timedelta

from server.media.format_code import Section, Token, UnknownFormatError

_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
_SHORT_WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
_DAY = 86_400_000
"""Milliseconds per day."""
_LAST_SERIAL = 2_958_466
"""The serial number of 1 January 10000; spreadsheets have no dates from then on."""
_DAYS_TO_1904 = 1462
"""How much smaller the serial number of a day is in workbooks that count from 1904."""
_LEAP = 60
"""The serial number of 29 February 1900, a day that spreadsheets count although it did not exist."""


def is_date(section: Section) -> bool:
    """Returns True if a section of a number format is for dates, times or durations."""
    return section.has("date", "elapsed", "half")


def date_text(section: Section, serial: float, *, since_1904: bool) -> str:
    """Returns the text of a date and time in the format of ``section``.

    ``serial`` is the spreadsheet's number for it: days since the start of 1900, or of 1904 if ``since_1904``. Raises
    UnknownFormatError for negative numbers and for dates after the year 9999.
    """
    last = _LAST_SERIAL - (_DAYS_TO_1904 if since_1904 else 0)
    milliseconds = round(min(max(serial, -1), last) * _DAY)
    if _shows_whole_seconds(section):
        milliseconds = round(milliseconds / 1000) * 1000
    if not 0 <= milliseconds < last * _DAY:
        raise UnknownFormatError(f"no date: {serial}")
    parts = _Parts(milliseconds, since_1904, twelve=section.has("half"))
    return "".join(_part(section.tokens, at, parts) for at in range(len(section.tokens)))


class _Parts:
    """A date and time of day, made from a spreadsheet's number for it, which was converted to milliseconds.

    ``twelve``: hours are written in the 12-hour clock.
    """

    def __init__(self, milliseconds: int, since_1904: bool, *, twelve: bool) -> None:
        days, self.rest = divmod(milliseconds, _DAY)
        self.total, self.twelve = milliseconds, twelve
        self.hour, self.minute, self.second = (
            self.rest // 3_600_000,
            self.rest // 60_000 % 60,
            self.rest // 1000 % 60,
        )
        if since_1904:
            self.day = date(1904, 1, 1) + timedelta(days=days)
        else:
            self.day = date(1899, 12, 31 if days < _LEAP else 30) + timedelta(days=days)

    def clock_hour(self) -> int:
        """Returns the hour in the 12-hour clock (1 to 12) if ``twelve``, otherwise in the 24-hour clock."""
        return (self.hour + 11) % 12 + 1 if self.twelve else self.hour


def _shows_whole_seconds(section: Section) -> bool:
    seconds = any(token.kind in ("date", "elapsed") and token.text[0] in "sS" for token in section.tokens)
    return seconds and not section.has("point")


def _part(tokens: tuple[Token, ...], at: int, parts: _Parts) -> str:
    """Returns the text for the token with the index ``at``: a field of the date ``parts``, or fixed text."""
    token = tokens[at]
    if token.kind == "date":
        return _field(token.text.lower(), parts, minutes=_is_minutes(tokens, at))
    if token.kind == "elapsed":
        unit = {"h": 3_600_000, "m": 60_000, "s": 1000}[token.text[0]]
        return str(parts.total // unit).rjust(len(token.text), "0")
    if token.kind == "half":
        return "SA" if parts.hour < 12 else "CH"
    if token.kind == "digit":  # the tenths of seconds of "ss.0"
        place = _digits_before(tokens, at)
        return f"{parts.rest % 1000:03}"[place : place + 1]
    return "," if token.kind == "point" else token.text


def _field(code: str, parts: _Parts, *, minutes: bool) -> str:
    """Returns the text of one field of the date ``parts``; its ``code`` is, for example, "yyyy" or "dd".

    As in Excel, a run that is too long to have a meaning, such as "ddddd", counts as the longest that has one.
    """
    letter, many = code[0], len(code)
    if letter in "ye":
        return f"{parts.day.year % 100:02}" if letter == "y" and many <= 2 else f"{parts.day.year:04}"
    if letter == "m" and not minutes:
        return _month(parts.day.month, many)
    if letter == "d":
        return _day(parts.day, many)
    number = {"m": parts.minute, "h": parts.clock_hour(), "s": parts.second}[letter]
    return f"{number:02}" if many > 1 else str(number)


def _month(month: int, many: int) -> str:
    if many <= 2:
        return f"{month:02}" if many == 2 else str(month)
    return f"Thg{month}" if many == 3 else "T" if many == 5 else f"Tháng {month}"


def _day(day: date, many: int) -> str:
    if many <= 2:
        return f"{day.day:02}" if many == 2 else str(day.day)
    return _SHORT_WEEKDAYS[day.weekday()] if many == 3 else _WEEKDAYS[day.weekday()]


def _is_minutes(tokens: tuple[Token, ...], at: int) -> bool:
    """Returns whether the field with the index ``at``, written with the letter "m", means minutes and not months.

    It means minutes if it has at most two letters and follows hours or precedes seconds.
    """
    if len(tokens[at].text) > 2:
        return False
    timed = [number for number, token in enumerate(tokens) if token.kind in ("date", "elapsed")]
    place = timed.index(at)
    before = tokens[timed[place - 1]].text[0].lower() if place else ""
    after = tokens[timed[place + 1]].text[0].lower() if place + 1 < len(timed) else ""
    return before == "h" or after == "s"


def _digits_before(tokens: tuple[Token, ...], at: int) -> int:
    return sum(1 for token in tokens[:at] if token.kind == "digit")
