"""Cleans a RawFeed into a Reading: all steps that make an item presentable, in order; called by feeds.read.

newest MAX_ENTRIES -> text (plain, legacy glyphs converted, boilerplate removed) -> link, picture, table, date
-> identity -> duplicates and empty items dropped
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser

from feeds.clean import legacy_fonts
from feeds.clean.body_table import table_of
from feeds.clean.dates import parse_date, usable
from feeds.clean.plain_text import drop_boilerplate, lost_letters, polish, text_of
from feeds.clean.sharepoint import split_fields
from feeds.clean.vietnamese import UNMISTAKABLE
from feeds.download.files import file_beside, folder_of
from feeds.download.links import absolute, canonical
from feeds.entry import Entry, Reading
from feeds.errors import ParseError
from feeds.limits import MAX_ENTRIES, MAX_FIELD, MAX_SUMMARY, MAX_TITLE
from feeds.raw import RawEntry, RawFeed, RawPicture

UNTITLED = "(không có tiêu đề)"
_TITLE_FROM_TEXT = 90
_PIXEL = re.compile(r"\A(?:0|1|2)(?:px)?\Z")


@dataclass(frozen=True, slots=True)
class _Draft:
    """An entry before the conversion of legacy glyphs, which is decided over the texts of all entries."""

    raw: RawEntry
    title: str
    summary: str
    table: tuple[tuple[str, ...], ...]
    picture: RawPicture | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Base:
    """What relative addresses are resolved against; ``folder`` if the feed is a file."""

    address: str
    folder: Path | None


def refine(raw: RawFeed, *, zone: str, now: datetime) -> Reading:
    """Every item of ``raw`` that can be shown; oddities of the whole feed are in the notes of the Reading.

    Raises ParseError (code "lost-letters") if every item has lost letters to a wrong conversion.
    """
    base = _base(raw)
    notes = list(raw.notes)
    items = _newest(raw.entries, zone, now)
    if len(items) < len(raw.entries):
        notes.append(f"nguồn có {len(raw.entries)} mục, chỉ lấy {len(items)} mục mới nhất")
    drafts = _converted([_draft(item) for item in items])
    # Some systems give every item the same guid. One item listed twice, with one title, still counts as one.
    guids = Counter(guid for guid, _ in {(draft.raw.guid, draft.title) for draft in drafts})
    entries: dict[str, Entry] = {}
    lost = [draft for draft in drafts if lost_letters(f"{draft.title} {draft.summary}")]
    for draft in drafts:
        if draft in lost:
            notes.append(f"bỏ một mục bị mất chữ thành dấu hỏi: {draft.title[:80]}")
            continue
        entry = _entry(draft, raw.language, base, guids[draft.raw.guid] == 1, zone=zone, now=now)
        if entry.title == UNTITLED and not (entry.link or entry.image or entry.published):
            notes.append("bỏ một mục trống")
        else:
            entries.setdefault(entry.id, entry)
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
    """The base for relative addresses: the feed's URL or, if the feed is a file, the link of its channel."""
    address = absolute(raw.base, "") if "://" in raw.base else absolute(raw.link, "")
    return _Base(address, folder_of(raw.base))


def _newest(items: tuple[RawEntry, ...], zone: str, now: datetime) -> list[RawEntry]:
    """At most MAX_ENTRIES, in the source's order; some sources list the oldest first. Undated items count as new."""
    if len(items) <= MAX_ENTRIES:
        return list(items)

    def when(place: int) -> datetime:
        item = items[place]
        dates = (parse_date(text, zone=zone, now=now, thorough=False) for text in item.dates[:2])
        return next((date for date in dates if date), None) or (item.parsed and usable(item.parsed, now)) or now

    latest = sorted(range(len(items)), key=when, reverse=True)[:MAX_ENTRIES]
    return [items[place] for place in sorted(latest)]


def _draft(raw: RawEntry) -> _Draft:
    notes: list[str] = []
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
    pictures = [*raw.pictures, *([RawPicture(listed)] if listed else []), *_in_body(markup, raw.body)]
    return _Draft(
        raw=raw,
        title=drop_boilerplate(text_of(raw.title)).replace("\n", " "),
        summary=summary,
        table=rows,
        picture=next((picture for picture in pictures if picture.address), None),
        notes=tuple(notes),
    )


def _in_body(*bodies: str) -> Iterator[RawPicture]:
    """The pictures in the bodies, without tracking pixels; lazy loaders keep the address in another attribute."""
    for markup in bodies:
        if "<img" not in markup and "<IMG" not in markup:
            continue
        for node in LexborHTMLParser(markup[:MAX_FIELD]).css("img"):
            tags = node.attributes
            if any(_PIXEL.match(tags.get(side) or "") for side in ("width", "height")):
                continue
            for name in ("data-src", "data-original", "src"):
                address = (tags.get(name) or "").strip()
                if address and not address.startswith("data:"):
                    yield RawPicture(address, tags.get("alt") or "")
                    break


def _converted(drafts: list[_Draft]) -> list[_Draft]:
    """Converts legacy glyphs in single fields: decode misses those behind entities or in half of a feed."""
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


def _entry(draft: _Draft, language: str, base: _Base, unique_guid: bool, *, zone: str, now: datetime) -> Entry:
    raw, notes = draft.raw, list(draft.notes)
    own = absolute(raw.base, base.address) or base.address
    link = next((found for link in raw.links if (found := absolute(link, own))), "")
    published = _published(raw, zone, now)
    if published is None and raw.dates:
        notes.append(f"ngày không dùng được: {raw.dates[0][:60]}")
    title, summary = draft.title, draft.summary
    if not title:
        title = _cut(summary.split("\n")[0], _TITLE_FROM_TEXT) or UNTITLED
        notes.append("không có tiêu đề, lấy từ nội dung" if summary else "không có tiêu đề lẫn nội dung")
    if len(title) > MAX_TITLE or len(summary) > MAX_SUMMARY:
        notes.append("nội dung quá dài đã được cắt bớt")
    image = _address(draft.picture.address, own, base.folder) if draft.picture else ""
    return Entry(
        id=_identity(raw.guid if unique_guid else "", link, title, published, zone),
        title=_cut(title, MAX_TITLE),
        summary="" if summary.casefold() == title.casefold() else _cut(summary, MAX_SUMMARY),
        link=link,
        published=published,
        image=image or None,
        image_alt=_line(draft.picture.alt) if draft.picture and image else "",
        language=_language(raw.language or language, f"{title} {summary[:500]}"),
        table=draft.table,
        notes=tuple(notes),
    )


def _address(picture: str, own: str, folder: Path | None) -> str:
    return (file_beside(folder, picture) if folder else "") or absolute(picture, own)


def _identity(guid: str, link: str, title: str, published: datetime | None, zone: str) -> str:
    """The guid, else the canonical link, else title and day."""
    if guid:
        return polish(guid)[:2000]
    if link:
        return canonical(link)
    return f"{title[:MAX_TITLE]} | {published.astimezone(ZoneInfo(zone)).date() if published else ''}".strip(" |")


def _published(raw: RawEntry, zone: str, now: datetime) -> datetime | None:
    found = (parse_date(text, zone=zone, now=now) for text in raw.dates[:3])
    return next((date for date in found if date), None) or (usable(raw.parsed, now) if raw.parsed else None)


def _language(declared: str, text: str = "") -> str:
    """The primary language tag, such as ``vi``; text that is clearly Vietnamese is ``vi``, whatever is declared."""
    if len(set(UNMISTAKABLE.findall(text))) >= 3:
        return "vi"
    tag = re.split(r"[-_]", declared.strip().lower())[0]
    return tag if tag.isascii() and tag.isalpha() and 2 <= len(tag) <= 3 else ""


def _line(markup: str) -> str:
    """One short line of plain text: a feed's title, a picture's description."""
    text = text_of(markup).replace("\n", " ")
    scheme = legacy_fonts.detect(text, least=2) if legacy_fonts.is_suspect(text) else None
    return _cut(polish(legacy_fonts.convert(text, scheme) if scheme else text), MAX_TITLE)


def _cut(text: str, most: int) -> str:
    """``text``, or as many whole words of it as leave room for an ellipsis."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return (head.rsplit(None, 1)[0] if " " in head else head).rstrip(" ,;:-–") + "…"
