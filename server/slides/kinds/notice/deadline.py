"""Writes the end of an urgent notice in words, such as "ĐẾN 17 GIỜ HÔM NAY"; called by the notice kind.

An alert's end is the end of its validity, not the time until which people should act, so it is written as
"CÓ HIỆU LỰC ĐẾN 17 GIỜ HÔM NAY" (in force until 5 p.m. today).
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from server.core.typesetting.paging import NO_BREAK


def deadline(issued: datetime, until: datetime, zone: str, *, received: bool = False, english: bool = False) -> str:
    """The end of a notice as "ĐẾN 17 GIỜ HÔM NAY" or "ĐẾN 5 GIỜ 30 NGÀY 07/09", with no-break spaces in time and day.

    For a ``received`` alert it says that it is in force until then; ``english``: "IN FORCE UNTIL 17:00 TODAY".

    "HÔM NAY" (today) is used only if the notice was issued on the day on which it ends, because it is then true as
    long as the notice is shown. "NGÀY MAI" (tomorrow) is never used, because it would become false at midnight.
    """
    begins, ends = (one.astimezone(ZoneInfo(zone)) for one in (issued, until))
    today = begins.date() == ends.date()
    if english:
        head, time, day = "IN FORCE UNTIL" if received else "UNTIL", f"{ends:%H:%M}", f"ON {ends:%d/%m}"
        return " ".join((head, time, "TODAY" if today else day.replace(" ", NO_BREAK)))
    hour = f"{ends.hour} GIỜ {ends.minute:02d}" if ends.minute else f"{ends.hour} GIỜ"
    day = "HÔM NAY" if today else f"NGÀY {ends:%d/%m}"
    words = " ".join(part.replace(" ", NO_BREAK) for part in (f"ĐẾN {hour}", day))
    return f"CÓ HIỆU LỰC {words}" if received else words
