"""Makes simple HTML of an item's text, and removes forbidden characters.

Called by atom, json_feed and desk.public.feeds.calendar_file.
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from server.content.public_feeds.feed_item import FeedHead, FeedItem
from server.core.text_input import cleaned
from server.core.typesetting.markdown import Block

LONGEST = 60_000
"""How many characters of HTML an item may have; the rest is only on its page."""
_NOT_XML = {0xFFFE: None, 0xFFFF: None}  # two characters that XML forbids and `cleaned` leaves
_HEADING, _PARAGRAPH = Markup("<h2>{}{}</h2>"), Markup("<p>{}{}</p>")
_HEAD, _CELL = Markup("<th>{}</th>"), Markup("<td>{}</td>")


def plain(text: str) -> str:
    """Returns ``text`` without white space around it and without the characters that XML and calendars forbid."""
    return cleaned(text).translate(_NOT_XML).strip()


def content_html(item: FeedItem, head: FeedHead) -> str:
    """Returns the item's text, table and pictures as HTML with absolute addresses.

    If it is longer than `LONGEST` characters, it ends with a link to the item's page.
    """
    made, length = [], 0
    for part in _parts(item, head):
        length += len(part)
        if length > LONGEST:
            made.append(Markup('<p><a href="{}">…</a></p>').format(head.absolute(item.path)))
            break
        made.append(part)
    return plain("".join(made))


def _parts(item: FeedItem, head: FeedHead) -> Iterator[Markup]:
    for block in item.blocks:
        yield _block(block)
    if item.table:
        yield _table(item.table)
    for file in item.files:
        address = head.absolute(f"/glass/media/{file.hash}")
        if file.type.startswith("image/"):
            yield Markup('<p><img src="{}" alt="{}"></p>').format(address, file.alt)
        else:
            yield Markup('<p><a href="{}">{}</a></p>').format(address, file.alt or "Video")


def _block(block: Block) -> Markup:
    runs = Markup("").join(
        Markup("<strong>{}</strong>").format(run.text) if run.bold else escape(run.text) for run in block.runs
    )
    mark = Markup("{} ").format(block.mark) if block.mark else Markup("")
    return (_HEADING if block.kind == "heading" else _PARAGRAPH).format(mark, runs)


def _table(rows: tuple[tuple[str, ...], ...]) -> Markup:
    def line(cells: tuple[str, ...], cell: Markup) -> Markup:
        return Markup("<tr>{}</tr>").format(Markup("").join(cell.format(one) for one in cells))

    return Markup("<table>{}{}</table>").format(
        line(rows[0], _HEAD), Markup("").join(line(row, _CELL) for row in rows[1:])
    )
