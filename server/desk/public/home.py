"""Prepares the province's front page: the boards grouped by area, and the search by place; called by site_views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from server.core.area_search import contains, found_former
from server.core.areas import AreaTree
from server.core.model import Area
from server.desk.public.public_boards import OnBoard

MOST_FORMER = 20


@dataclass(frozen=True, slots=True)
class Card:
    """A board on the front page, drawn with its current slide.

    ``count`` is how many announcements and stories it shows. ``urgent``: an urgent notice covers its screens.
    ``path`` is the path of its page that can be read on a telephone.
    """

    slug: str
    path: str
    name: str
    area: str
    layout: str
    count: int
    urgent: bool


@dataclass(frozen=True, slots=True)
class Place:
    """An area with its boards, those that show an urgent notice first."""

    area: Area
    cards: tuple[Card, ...]


def places(shown: Sequence[OnBoard], tree: AreaTree, words: str = "") -> list[Place]:
    """Returns the areas with boards: first those where an urgent notice is shown, then in the order of the tree.

    With ``words``, only boards are listed whose name, area and areas above, with their former names, together contain
    all of these words, with or without diacritics.
    """
    by_area: dict[str, list[Card]] = {}
    for one in shown:
        chain = [tree.get(slug) for slug in tree.chain(one.board.area)]
        names = [one.board.name, *(name for area in chain for name in (area.name, *area.former_names))]
        if contains(" ".join(names), words):
            by_area.setdefault(one.board.area, []).append(_card(one, tree))
    at = {slug: number for number, slug in enumerate(tree.slugs())}
    order = sorted(by_area, key=lambda slug: [at[one] for one in reversed(tree.chain(slug))])
    found = [Place(tree.get(slug), tuple(sorted(by_area[slug], key=lambda card: not card.urgent))) for slug in order]
    return sorted(found, key=lambda place: not any(card.urgent for card in place.cards))


@dataclass(frozen=True, slots=True)
class FormerPlace:
    """A former name that a search has found, and the area of today; ``has_boards``: the page lists boards of it."""

    name: str
    area: Area
    has_boards: bool


def former_places(tree: AreaTree, words: str, found: Sequence[Place]) -> list[FormerPlace]:
    """Returns the former names, of any area, that contain all ``words``; at most `MOST_FORMER`, none without words.

    A name that the area still has is left out: the search has found the area itself. ``found`` are the places that
    the page lists.
    """
    if not words.strip():
        return []
    listed = {place.area.slug for place in found}
    every = (tree.get(slug) for slug in tree.slugs())
    hits = (
        FormerPlace(name, area, area.slug in listed)
        for area in every
        for name in found_former(area.former_names, words)
        if name.partition(",")[0] != area.name
    )
    return list(islice(hits, MOST_FORMER))


def _card(one: OnBoard, tree: AreaTree) -> Card:
    board = one.board
    urgent = any(notice.shown_level == "urgent" and not notice.exercise for notice in one.notices)
    count = len(one.announcements) + len(one.stories)
    # An LED board's own page is never a list (server.live.glass.board_pages).
    path = f"/board/{board.slug}" + ("?list=1" if board.format.size == "LED" else "")
    return Card(board.slug, path, board.name, tree.get(board.area).name, board.format.layout, count, urgent)
