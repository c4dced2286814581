"""Writes calendars (RFC 5545, RFC 7986) with the library icalendar; called by calendar_views."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from icalendar import STATUS, TRANSP, Alarm, Calendar, Event, Timezone, vText

from server.content.public_feeds.feed_item import FeedHead, FeedItem
from server.content.public_feeds.item_html import plain
from server.desk.public.feeds.calendar_entries import CalendarEntry

TYPE = "text/calendar; charset=utf-8"
REFRESH = timedelta(hours=1)
LONGEST_TEXT = 2000
_PRODUCT = "-//Bang Tin//Bang tin dien tu//VI"


def calendar(
    head: FeedHead, entries: Sequence[CalendarEntry], address: str, most_bytes: int, *, remind: bool = False
) -> bytes:
    """Returns the calendar in UTF-8 with folded lines.

    Entries at the end that would make it longer than ``most_bytes`` are left out. ``address`` is the address of the
    calendar. With ``remind``, every entry that is not withdrawn has an alarm: a day before a whole-day entry, an hour
    before any other.
    """
    made = Calendar.new(prodid=_PRODUCT, uid=f"{head.path.removeprefix('/').replace('/', '-')}@{head.host}")
    for name in ("NAME", "X-WR-CALNAME"):
        made.add(name, vText(plain(head.title)))
    made.add("SOURCE", address, parameters={"VALUE": "URI"})
    # Google and Outlook read the older name of the same.
    made.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("X-PUBLISHED-TTL", vText("PT1H"))
    length = 4000  # the head and the time zone
    kept: list[Event] = []
    for entry in entries:
        event = _event(entry, head, remind=remind)
        length += len(event.to_ical())
        if length > most_bytes:
            break
        kept.append(event)
    # A calendar must have at least one component, so the zone is named even without an entry that uses it.
    made.add_component(_time_zone(head.zone.key, head.now.year))
    for event in kept:
        made.add_component(event)
    written: bytes = made.to_ical()
    return written


@lru_cache(16)  # making it takes longer than writing the entries
def _time_zone(name: str, year: int) -> Timezone:
    """Returns the offsets of a time zone for the year before ``year`` to the year after; the last one stays valid."""
    return Timezone.from_tzid(name, first_date=date(year - 1, 1, 1), last_date=date(year + 2, 1, 1))


def _event(entry: CalendarEntry, head: FeedHead, *, remind: bool) -> Event:
    item = entry.item
    event = Event.new(
        uid=f"{entry.name}@{head.host}",
        start=entry.start,
        end=entry.end,
        summary=plain(entry.summary),
        stamp=entry.changed,
        last_modified=entry.changed,
        sequence=entry.sequence,
        transparency=TRANSP.TRANSPARENT,
        status=STATUS.CONFIRMED if item else STATUS.CANCELLED,
        description=_description(item, head) if item else None,
        url=head.absolute(item.path) if item else None,
        categories=[plain(item.label)] if item else (),
    )
    if remind and item:
        event.add_component(_alarm(entry))
    return event


def _alarm(entry: CalendarEntry) -> Alarm:
    alarm = Alarm.new(description=plain(entry.summary))
    alarm.add("ACTION", "DISPLAY")
    alarm.add("TRIGGER", timedelta(hours=-1) if isinstance(entry.start, datetime) else timedelta(days=-1))
    return alarm


def _description(item: FeedItem, head: FeedHead) -> str:
    text = "\n".join(block.text for block in item.blocks)
    if len(text) > LONGEST_TEXT:
        text = f"{text[:LONGEST_TEXT].rstrip()}…"
    return plain("\n".join(part for part in (text, item.issuer, head.absolute(item.path)) if part))
