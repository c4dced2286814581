"""Parses the times that people type after --at, --from and --until; called by announcements, inspect and screens."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from dateutil import parser

from server.core.times import need_plausible

_DAY_FIRST = re.compile(r"^\d{1,2}/\d{1,2}(/\d{4})?")


def wall_time(text: str, now: datetime, zone: str) -> datetime:
    """The aware time that ``text`` names: "14:30" (today), "22/11/2026 14:30" or ISO 8601.

    A text without a time zone is in ``zone``. Raises ValueError with a Vietnamese sentence for other text, and for a
    time outside the years 2000 to 2100.
    """
    here = now.astimezone(ZoneInfo(zone))
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    try:
        found = parser.parse(text, dayfirst=bool(_DAY_FIRST.match(text.strip())), default=midnight)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"Không hiểu thời điểm {text!r}; hãy viết 14:30 hoặc 22/11/2026 14:30.") from error
    need_plausible(found, f"Thời điểm {text!r}")
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
