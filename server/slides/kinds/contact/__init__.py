"""A contact card: whom to turn to, where and when, the telephone in the largest type; called by render.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from server.core.model import Announcement, Contact, Format, Slide
from server.core.typesetting.formats import HEADLINE_LEADING, TEXT_LEADING, scale
from server.core.typesetting.paging import count_lines, longest_word, reading_time, tidy
from server.slides.kinds import announcement as words_only
from server.slides.kinds import led
from server.slides.kinds.announcement import LABEL, Said
from server.slides.kinds.table.records import Card, in_pages
from server.slides.layout.arrangement import PART_MARK, arrange, leaves_a_hole
from server.slides.layout.fitting import BOLD, REGULAR, Words, gap, sizes
from server.slides.layout.space import Composition, words_height, words_width
from server.slides.templating import slide

ROLE = "Nhiệm vụ"
NAMES = ("Điện thoại", "Giờ làm việc", "Địa chỉ", "Thư điện tử")
MOST_NAME = 1.6
LEAST_DWELL = 10_000
# Between the name and the particulars: a rule with room on both sides.
ROOM_ABOVE = 62


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a card: name and role, then cells of ``value_size`` units in ``columns``; either may be empty."""

    words: Words
    cards: tuple[Card, ...] = ()
    columns: int = 1
    value_size: int = 0
    ornament: bool = False


def pages(announcement: Announcement, area_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    """One card, or the name first and its particulars after it where the type is large."""
    contact, words = announcement.contact, words_only.said(announcement, area_name, zone)
    if contact is None:
        return words_only.pages(announcement, area_name, zone, format)
    card, name = particulars(contact), tidy(contact.name)
    role = tidy(" · ".join(filter(None, (contact.role, words.text.replace("\n", " ")))))
    if format.size == "LED":
        text = "\n".join(filter(None, [name, role, *(f"{about}: {value}" for about, value in card)]))
        return led.pages(words.title, tidy(text), format, source=words.source, kind="contact", language="vi")
    settings = _settings(words, format)
    single = next((found for made in settings if (found := _single(name, role, card, made))), None)
    sheets = [single] if single else list(_apart(name, role, card, settings))
    return tuple(
        _slide(announcement, words, format, replace(one, words=replace(one.words, part=number, of=len(sheets))))
        for number, one in enumerate(sheets, start=1)
    )


def particulars(contact: Contact) -> Card:
    """What is known of them, under its names: the telephone first."""
    values = (contact.phone, contact.hours, contact.address, contact.email)
    return tuple((name, tidy(value)) for name, value in zip(NAMES, values, strict=True) if value.strip())


def _settings(words: Said, format: Format) -> list[Composition]:
    """With a drawing beside it on wide glass, where there is room; else without."""
    bare = Composition(format, f"{LABEL} · {words.title}{PART_MARK}")
    return [bare] if bare.portrait else [replace(bare, ornament=True), bare]


def _single(name: str, role: str, card: Card, made: Composition) -> Sheet | None:
    """Everything on one page, the particulars as large as the name allows; None where it needs more."""
    kinds = scale(made.format)
    width, height = words_width(made), words_height(made)
    found: list[Sheet] = []
    for size in sizes(kinds.headline, kinds.headline * MOST_NAME):
        if longest_word(name, BOLD) * size > width:
            continue
        head = count_lines(name, width, size, BOLD) * size * HEADLINE_LEADING
        if role:
            head += gap(kinds) + count_lines(role, width, kinds.text, REGULAR) * kinds.text * TEXT_LEADING
        shown = Words(name, size, role, kinds.text)
        if not card and head <= height:
            return Sheet(shown, ornament=made.ornament)
        cells = in_pages([card], made, taken=head + ROOM_ABOVE, most=size / kinds.text)
        if cells and len(cells.pages) == 1 and len(cells.pages[0]) == 1:
            found.append(Sheet(shown, cells.pages[0], cells.columns, cells.size, made.ornament))
    return max(found, key=lambda sheet: (sheet.value_size, sheet.words.headline_size), default=None)


def _apart(name: str, role: str, card: Card, settings: list[Composition]) -> Iterator[Sheet]:
    """The name, with the telephone where both have room, then the other particulars; what they do is one of these."""
    tries = [(told, made) for told in dict.fromkeys((role, "")) for made in settings if card]
    leads = ((one, made) for told, made in tries if (one := _single(name, told, card[:1], made)))
    lead = next((one for one, made in leads if one.ornament or not leaves_a_hole(one.words, made)), None)
    if lead:
        yield lead
        card = (*card[1:], *([(ROLE, role)] if role and not lead.words.text else []))
    else:
        for page in arrange(name, role, settings[-1]):
            yield Sheet(page.words, ornament=page.made.ornament)
    cells: list[Card] = [(cell,) for cell in card]
    fitting = [(made, found) for made in settings if cells and (found := in_pages(cells, made, most=MOST_NAME))]
    if not fitting:
        text = "\n".join(f"{about}: {value}" for about, value in card)
        yield from (
            Sheet(page.words, ornament=page.made.ornament) for page in arrange("", text, settings[-1]) if card
        )
        return
    made, found = min(fitting, key=lambda pair: len(pair[1].pages))
    for cards in found.pages:
        yield Sheet(Words("", 0, "", found.size), cards, found.columns, found.size, made.ornament)


def _slide(announcement: Announcement, words: Said, format: Format, one: Sheet) -> Slide:
    values = [value for card in one.cards for _, value in card]
    return slide(
        "contact/template.html",
        {
            "words": one.words,
            "size": format.size,
            "label": LABEL,
            "sources": (words.title,),
            "cards": one.cards,
            "columns": one.columns,
            "value_size": one.value_size,
            "ornament": one.ornament,
        },
        dwell=max(LEAST_DWELL, reading_time(" ".join([one.words.headline, one.words.text, *values]))),
        title=announcement.title,
        source=words.source,
        kind="contact",
    )
