"""Cleans a RawFeed, the output of a parser, into a Reading; called by feeds.reader and feeds.discover.survey.

The steps, in order: the newest MAX_ENTRIES -> link, table, picture, plain text without boilerplate -> legacy
encodings converted -> items with lost letters dropped -> date -> id -> duplicates and empty items dropped
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from feeds.clean import legacy_fonts
from feeds.clean.body_table import table_of
from feeds.clean.dates import parse_date, unknown_zone, usable
from feeds.clean.picture_choice import in_markup, is_story_picture
from feeds.clean.plain_text import drop_boilerplate, lost_letters, polish, text_of
from feeds.clean.sharepoint import split_fields
from feeds.clean.vietnamese import UNMISTAKABLE
from feeds.download.files import file_beside, folder_of
from feeds.download.links import absolute, canonical
from feeds.entry import Entry, Reading
from feeds.errors import ParseError
from feeds.limits import MAX_ENTRIES, MAX_SUMMARY, MAX_TITLE
from feeds.raw import RawEntry, RawFeed, RawPicture

UNTITLED = "(không có tiêu đề)"
_TITLE_FROM_TEXT = 90


@dataclass(frozen=True, slots=True)
class _Draft:
    """An entry before the conversion of legacy encodings, which are detected in the texts of all entries together.

    ``base`` is the address against which relative addresses of the entry are resolved; ``link`` is the first of its
    links that is usable, "" if none is.
    """

    raw: RawEntry
    base: str
    link: str
    title: str
    summary: str
    table: tuple[tuple[str, ...], ...]
    picture: RawPicture | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Base:
    """The base of a feed's relative addresses: ``address`` is a URL, ``folder`` the folder of a feed that is a file.

    ``folder`` is None if the feed is from the web.
    """

    address: str
    folder: Path | None


def refine(raw: RawFeed, *, zone: str, now: datetime) -> Reading:
    """Makes the Reading with every item of ``raw`` that can be shown; its notes describe oddities of the whole feed.

    ``zone`` (an IANA name) is the source's time zone, ``now`` the current time (aware). Raises ParseError (code
    "lost-letters") if a wrong conversion at the source has turned letters of every item into question marks.
    """
    base = _base(raw)
    notes = list(raw.notes)
    items = _newest(raw.entries, zone, now)
    if len(items) < len(raw.entries):
        notes.append(f"nguồn có {len(raw.entries)} mục, chỉ lấy {len(items)} mục mới nhất")
    drafts = _converted([_draft(item, base.address) for item in items])
    # Some systems give every item the same guid, so only guids that one item has are used. An item that is listed
    # twice with the same title counts as one.
    guids = Counter(guid for guid, _ in {(draft.raw.guid, draft.title) for draft in drafts})
    links = Counter(link for link, _, _ in {(draft.link, draft.title, draft.raw.dates) for draft in drafts})
    entries: dict[str, Entry] = {}
    lost = False
    for draft in drafts:
        if lost_letters(f"{draft.title} {draft.summary}"):
            lost = True
            notes.append(f"bỏ một mục bị mất chữ thành dấu hỏi: {draft.title[:80]}")
            continue
        published = _published(draft.raw, zone, now)
        sure = published is not None
        if published is None and draft.raw.parsed:
            published = usable(_in_own_zone(draft.raw.parsed, draft.raw.dates, zone), now)
        entry = _entry(draft, raw.language, base.folder, published, sure=sure)
        guid = draft.raw.guid if guids[draft.raw.guid] == 1 else ""
        title = (draft.title or entry.title)[:MAX_TITLE]
        entry = replace(entry, id=_identity(entry, guid, title, zone, unique_link=links[draft.link] == 1))
        if entry.title == UNTITLED and not (entry.link or entry.image or entry.published):
            notes.append("bỏ một mục trống")
        elif entries.setdefault(entry.id, entry).summary != entry.summary:
            notes.append(f"bỏ một mục trùng định danh với mục khác: {entry.title[:80]}")
    if lost and not entries:
        raise ParseError("Mọi mục của nguồn tin đều bị mất chữ thành dấu hỏi.", "lost-letters")
    return Reading(
        title=_line(raw.title),
        link=absolute(raw.link, base.address),
        language=_language(raw.language),
        entries=tuple(entries.values()),
        notes=tuple(notes),
        ttl=raw.ttl,
        next=absolute(raw.next, base.address) if raw.next else "",
    )


def _base(raw: RawFeed) -> _Base:
    """Returns the base of relative addresses: the feed's URL or, if the feed is a file, the link of its channel."""
    address = absolute(raw.base, "") if "://" in raw.base else absolute(raw.link, "")
    return _Base(address, folder_of(raw.base))


def _newest(items: tuple[RawEntry, ...], zone: str, now: datetime) -> list[RawEntry]:
    """Returns the newest MAX_ENTRIES items, in the source's order; items without a date count as new."""
    if len(items) <= MAX_ENTRIES:
        return list(items)

    def when(place: int) -> datetime:
        item = items[place]
        dates = (parse_date(text, zone=zone, now=now, thorough=False) for text in item.dates[:2])
        return next((date for date in dates if date), None) or (item.parsed and usable(item.parsed, now)) or now

    latest = sorted(range(len(items)), key=when, reverse=True)[:MAX_ENTRIES]
    return [items[place] for place in sorted(latest)]


def _draft(raw: RawEntry, feed: str) -> _Draft:
    """Returns the draft of ``raw``; ``feed`` is the base of relative addresses if the item declares none."""
    notes: list[str] = []
    base = absolute(raw.base, feed) or feed
    markup, listed = split_fields(raw.summary)
    rows, around = table_of(markup)
    if not rows and raw.body and raw.body != raw.summary:
        rows, _ = table_of(raw.body)
    written = text_of(around)
    summary = drop_boilerplate(written)
    if not summary and raw.body and not rows:
        summary = drop_boilerplate(text_of(raw.body))
    if written and not summary:
        notes.append("thân bài chỉ có thông báo lỗi của trang nguồn")
    pictures = [*raw.pictures, *([RawPicture(listed)] if listed else []), *in_markup(markup, raw.body)]
    return _Draft(
        raw=raw,
        base=base,
        link=next((found for link in raw.links if (found := absolute(link, base))), ""),
        title=drop_boilerplate(text_of(raw.title)).replace("\n", " "),
        summary=summary,
        table=rows,
        picture=next((one for one in pictures if one.address and is_story_picture(one.address)), None),
        notes=tuple(notes),
    )


def _converted(drafts: list[_Draft]) -> list[_Draft]:
    """Converts legacy encodings in titles and summaries, and removes invisible characters.

    feeds.formats.decode cannot find legacy text that is written as character references or only in part of a feed.
    """
    texts = [text for draft in drafts for text in (draft.title, draft.summary)]
    suspects = [text for text in texts if legacy_fonts.is_suspect(text)]
    scheme = legacy_fonts.detect("\n".join(suspects)) if suspects else None
    return [_polished(draft, scheme) for draft in drafts]


def _polished(draft: _Draft, scheme: legacy_fonts.Scheme | None) -> _Draft:
    title, summary, notes = draft.title, draft.summary, draft.notes
    if scheme is not None:
        title, summary = (
            legacy_fonts.convert(t, scheme) if legacy_fonts.is_suspect(t) else t for t in (title, summary)
        )
        if (title, summary) != (draft.title, draft.summary):
            notes = (*notes, f"chữ cũ đã chuyển sang Unicode ({scheme})")
    return replace(draft, title=polish(title), summary=polish(summary), notes=notes)


def _entry(draft: _Draft, language: str, folder: Path | None, published: datetime | None, *, sure: bool) -> Entry:
    """Returns the entry of a draft, with an empty ``id``. ``language`` is the language that the feed declares.

    ``published`` is the time of publication, None if it is unknown. ``folder`` is the folder of a feed that is a
    file, for pictures beside it; None for a feed from the web.

    ``sure`` is False if the date was parsed by feedparser, which knows fewer time zones; the entry then has a note
    about it.
    """
    raw, notes = draft.raw, list(draft.notes)
    notes += _notes_on_date(raw, published, sure=sure)
    title, summary = draft.title, draft.summary
    if not title:
        title = _cut(summary.split("\n")[0], _TITLE_FROM_TEXT) or UNTITLED
        notes.append("không có tiêu đề, lấy từ nội dung" if summary else "không có tiêu đề lẫn nội dung")
    if len(title) > MAX_TITLE or len(summary) > MAX_SUMMARY:
        notes.append("nội dung quá dài đã được cắt bớt")
    image = _address(draft.picture.address, draft.base, folder) if draft.picture else ""
    return Entry(
        id="",
        title=_cut(title, MAX_TITLE),
        summary="" if summary.casefold() == title.casefold() else _cut(summary, MAX_SUMMARY),
        link=draft.link,
        published=published,
        image=image or None,
        image_alt=_line(draft.picture.alt) if draft.picture and image else "",
        language=_language(raw.language or language, f"{title} {summary[:500]}"),
        table=draft.table,
        notes=tuple(notes),
    )


def _address(picture: str, base: str, folder: Path | None) -> str:
    return (file_beside(folder, picture) if folder else "") or absolute(picture, base)


def _notes_on_date(raw: RawEntry, published: datetime | None, *, sure: bool) -> list[str]:
    if published is None:
        return [f"ngày không dùng được: {raw.dates[0][:60]}"] if raw.dates else []
    if not sure and raw.dates:
        return [f"ngày viết theo lối lạ ({raw.dates[0][:60]}), giờ có thể sai"]
    unknown = unknown_zone(raw.dates[0]) if raw.dates else ""
    return [f"múi giờ không rõ ({unknown[:30]}), hiểu là giờ của nguồn tin"] if unknown else []


def _identity(entry: Entry, guid: str, title: str, zone: str, *, unique_link: bool) -> str:
    """Returns the ``id`` of an entry: ``guid`` unless it is "", else the canonical link, else title and day.

    The day is that of publication. If several items have the same link (``unique_link`` is False), the id is link,
    title and time of publication.
    """
    if guid:
        return polish(guid)[:2000]
    link = canonical(entry.link) if entry.link else ""
    if link and unique_link:
        return link
    when = entry.published.astimezone(ZoneInfo(zone)) if entry.published else None
    day = (when.isoformat(timespec="minutes") if link else str(when.date())) if when else ""
    return " | ".join(filter(None, (link, title, day)))


def _published(raw: RawEntry, zone: str, now: datetime) -> datetime | None:
    found = (parse_date(text, zone=zone, now=now) for text in raw.dates[:3])
    return next((date for date in found if date), None)


def _in_own_zone(parsed: datetime, dates: tuple[str, ...], zone: str) -> datetime:
    """Returns ``parsed``, a date that feedparser has parsed, in ``zone`` if feedparser did not know the written zone.

    ``zone`` is the source's time zone. feedparser reads an unknown zone as UTC: then the hour that it returns is the
    hour written in ``dates``.
    """
    written = dates[0] if dates else ""
    return parsed.replace(tzinfo=ZoneInfo(zone)) if f"{parsed:%H:%M}" in written else parsed


def _language(declared: str, text: str = "") -> str:
    """Returns "vi" if ``text`` is clearly Vietnamese, else the primary tag of ``declared``, such as "en".

    Returns "" if ``declared`` is no language tag.
    """
    if len(set(UNMISTAKABLE.findall(text))) >= 3:
        return "vi"
    tag = re.split(r"[-_]", declared.strip().lower())[0]
    return tag if tag.isascii() and tag.isalpha() and 2 <= len(tag) <= 3 else ""


def _line(markup: str) -> str:
    """Returns ``markup`` as one line of plain text of at most MAX_TITLE characters; for titles and picture texts."""
    text = text_of(markup).replace("\n", " ")
    scheme = legacy_fonts.detect(text, least=2) if legacy_fonts.is_suspect(text) else None
    return _cut(polish(legacy_fonts.convert(text, scheme) if scheme else text), MAX_TITLE)


def _cut(text: str, most: int) -> str:
    """Returns ``text``, shortened to whole words and an ellipsis if it has more than ``most`` characters."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return (head.rsplit(None, 1)[0] if " " in head else head).rstrip(" ,;:-–") + "…"
