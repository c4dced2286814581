"""Renders a contact card with name, role, phone number, hours and addresses; called by render.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from server.core.model import Announcement, Contact, Format, Slide
from server.core.typesetting.formats import HEADLINE_LEADING, TEXT_LEADING, scale
from server.core.typesetting.names import tidy_title
from server.core.typesetting.paging import count_lines, longest_word, reading_time, tidy
from server.slides.kinds import led
from server.slides.kinds.announcement import text_pages
from server.slides.kinds.announcement.content import LABEL, AnnouncementContent, content_of
from server.slides.kinds.table.records import Card, paginate_cards
from server.slides.layout.arrangement import PART_MARK, arrange, leaves_a_gap
from server.slides.layout.fitting import BOLD, REGULAR, TextBlock, gap, sizes
from server.slides.layout.space import Arrangement, column_height, column_width
from server.slides.templating import render_slide

ROLE = "Nhiệm vụ"
NAMES = ("Điện thoại", "Giờ làm việc", "Địa chỉ", "Thư điện tử")
MOST_NAME = 1.6
LEAST_DWELL = 10_000
# The height in canvas units between the name and the cells: a horizontal rule with space above and below.
SPACE_ABOVE = 62


@dataclass(frozen=True, slots=True)
class CardPage:
    """One page of a contact card: name and role, then cells with name and value in ``columns``.

    ``value_size`` is the type size of the values, in canvas units. ``ornament`` is whether the page has an ornament.
    """

    text_block: TextBlock
    cards: tuple[Card, ...] = ()
    columns: int = 1
    value_size: int = 0
    ornament: bool = False


def pages(announcement: Announcement, area_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    """The slides of a contact card: a single one, or several if its type is too large for one.

    Of several slides, the first ones have the name and the next ones the other fields.
    An announcement without a contact is shown as text. ``area_name`` is shown as the source; days are in the time
    zone ``zone``.
    """
    contact, content = announcement.contact, content_of(announcement, area_name, zone)
    if contact is None:
        return text_pages(announcement, area_name, zone, format)
    card, name = particulars(contact), tidy_title(contact.name)
    role = tidy(" · ".join(filter(None, (contact.role, content.text.replace("\n", " ")))))
    if format.size == "LED":
        text = "\n".join(filter(None, [name, role, *(f"{about}: {value}" for about, value in card)]))
        return led.pages(content.title, tidy(text), format, source=content.source, kind="contact", language="vi")
    arrangements = _arrangements(content, format)
    single = next(filter(None, (_single(name, role, card, arrangement) for arrangement in arrangements)), None)
    found_pages = [single] if single else list(_apart(name, role, card, arrangements))
    return tuple(
        _slide(announcement, content, format, _numbered(page, number, len(found_pages)))
        for number, page in enumerate(found_pages, start=1)
    )


def _numbered(page: CardPage, part: int, of: int) -> CardPage:
    return replace(page, text_block=replace(page.text_block, part=part, of=of))


def particulars(contact: Contact) -> Card:
    """The fields that are filled in, except name and role, as (Vietnamese label, value); the phone number first."""
    values = (contact.phone, contact.hours, contact.address, contact.email)
    return tuple((name, tidy(value)) for name, value in zip(NAMES, values, strict=True) if value.strip())


def _arrangements(content: AnnouncementContent, format: Format) -> list[Arrangement]:
    """The arrangements to try, the preferred one first: in landscape that is the one with an ornament."""
    bare = Arrangement(format, f"{LABEL} · {content.title}{PART_MARK}")
    return [bare] if bare.portrait else [replace(bare, ornament=True), bare]


def _single(name: str, role: str, card: Card, arrangement: Arrangement) -> CardPage | None:
    """Name, role and ``card`` on one page, with values no larger than the name; None if they need more pages."""
    type_scale = scale(arrangement.format)
    width, height = column_width(arrangement), column_height(arrangement)
    text_height = count_lines(role, width, type_scale.text, REGULAR) * type_scale.text * TEXT_LEADING
    found: list[CardPage] = []
    for size in sizes(type_scale.headline, type_scale.headline * MOST_NAME):
        if longest_word(name, BOLD) * size > width:
            continue
        head = count_lines(name, width, size, BOLD) * size * HEADLINE_LEADING
        if role:
            head += gap(type_scale) + text_height
        shown = TextBlock(name, size, role, type_scale.text)
        if not card and head <= height:
            return CardPage(shown, ornament=arrangement.ornament)
        cells = paginate_cards([card], arrangement, taken=head + SPACE_ABOVE, most=size / type_scale.text)
        if cells and len(cells.pages) == 1 and len(cells.pages[0]) == 1:
            found.append(CardPage(shown, cells.pages[0], cells.columns, cells.size, arrangement.ornament))
    return max(found, key=lambda page: (page.value_size, page.text_block.headline_size), default=None)


def _apart(name: str, role: str, card: Card, arrangements: list[Arrangement]) -> Iterator[CardPage]:
    """Yields several pages: first the name, with the first field if both fit on one page; then the other fields.

    The role stands with the name or, if it does not fit on the first page, is the last of the other fields.
    """
    lead = _lead(name, role, card, arrangements)
    if lead:
        yield lead
        card = (*card[1:], *([(ROLE, role)] if role and not lead.text_block.text else []))
    else:
        yield from _text_pages(name, role, arrangements[-1])
    cells: list[Card] = [(cell,) for cell in card]
    fitting = [
        (found, arrangement)
        for arrangement in arrangements
        if cells and (found := paginate_cards(cells, arrangement, most=MOST_NAME))
    ]
    if fitting:
        found, arrangement = min(fitting, key=lambda pair: len(pair[0].pages))
        for cards in found.pages:
            yield CardPage(TextBlock("", 0, "", found.size), cards, found.columns, found.size, arrangement.ornament)
    elif card:
        yield from _text_pages("", "\n".join(f"{about}: {value}" for about, value in card), arrangements[-1])


def _lead(name: str, role: str, card: Card, arrangements: list[Arrangement]) -> CardPage | None:
    """The first of several pages: the name, the role if it fits, and the first field of ``card``.

    None if ``card`` is empty, or if name and field do not fit on one page or would leave much of it empty.
    """
    for shown_role in dict.fromkeys((role, "")) if card else ():
        for arrangement in arrangements:
            page = _single(name, shown_role, card[:1], arrangement)
            if page and (page.ornament or not leaves_a_gap(page.text_block, arrangement)):
                return page
    return None


def _text_pages(title: str, text: str, arrangement: Arrangement) -> Iterator[CardPage]:
    for page in arrange(title, text, arrangement):
        yield CardPage(page.text_block, ornament=page.arrangement.ornament)


def _slide(announcement: Announcement, content: AnnouncementContent, format: Format, one: CardPage) -> Slide:
    values = [value for card in one.cards for _, value in card]
    return render_slide(
        "contact/template.html",
        {
            "text_block": one.text_block,
            "size": format.size,
            "label": LABEL,
            "sources": (content.title,),
            "cards": one.cards,
            "columns": one.columns,
            "value_size": one.value_size,
            "ornament": one.ornament,
        },
        dwell=max(LEAST_DWELL, reading_time(" ".join([one.text_block.headline, one.text_block.text, *values]))),
        title=announcement.title,
        source=content.source,
        kind="contact",
    )
