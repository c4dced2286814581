"""Determines which CAP documents of this server's notices are due, and makes them; called by worker and desk.public.

The worker issues the documents that are due. The desk asks whether one is due but not issued yet, because the feed
then lacks a document and must not be read as "no alert".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from server.core.alerts import publication
from server.core.alerts.board_places import boards_below
from server.core.alerts.publication import Published, Reach, Step
from server.core.alerts.publication_document import Head, Place, ends_of, render
from server.core.alerts.senders import sender_of
from server.core.areas import AreaTree
from server.core.model import Board, Notice, Outline
from server.setup.config import Config
from server.store.areas import former
from server.store.areas.areas import outlines
from server.store.boards import boards, panics
from server.store.database.engine import Database
from server.store.notices import publications
from server.store.notices.publications import Issued
from server.store.sources import sources

Made = tuple[Published, bytes]


@dataclass(frozen=True, slots=True)
class Province:
    """The tree of areas and all public boards; ``safe`` are the slugs of those public boards that are in safe mode.

    A board in safe mode shows one neutral page instead of its content. ``heirs`` maps the slugs of areas that were
    merged into others to those of today.
    """

    tree: AreaTree
    public: tuple[Board, ...]
    safe: frozenset[str]
    heirs: Mapping[str, str] = field(default_factory=dict)

    def boards_of(self, areas: tuple[str, ...]) -> tuple[Board, ...]:
        """Returns the public boards of ``areas`` (slugs) and of the areas below them."""
        found = {slug for area in areas for slug in boards_below(area, self.public, self.tree)}
        return tuple(board for board in self.public if board.slug in found)

    def reach(self, areas: tuple[str, ...]) -> Reach:
        """Returns whether public boards show something that is addressed to ``areas`` (slugs), as one of three words.

        "public": at least one public board shows it; "held": all that would show it are in safe mode; "none": no
        public board belongs to ``areas`` or the areas below.
        """
        found = {board.slug for board in self.boards_of(areas)}
        if not found:
            return "none"
        return "held" if found <= self.safe else "public"


def enabled(config: Config) -> bool:
    """Returns True if notices are published as CAP: config.toml says so, and the server has a public address.

    The web addresses in the documents are made from the public address.
    """
    return config.alerts.publish and bool(config.server.public_url)


def base_of(config: Config) -> str:
    """Returns the public address of the server without a final slash; "" if none is configured."""
    return config.server.public_url.rstrip("/")


def province(db: Database) -> Province:
    """Reads the areas and the public boards from the store. Raises StoreError."""
    tree = AreaTree(sources.areas(db))
    panicking = {one.area for one in panics.on(db)}
    public = tuple(board for board in boards.all(db) if board.public)
    safe = (one.slug for one in public if one.mode == "safe" or not panicking.isdisjoint(tree.chain(one.area)))
    return Province(tree, public, frozenset(safe), former.heirs(db))


def due(db: Database, now: datetime) -> tuple[tuple[Step, ...], Issued, Province | None]:
    """Returns (a step for each document that has to be issued at ``now``, what was issued before, areas and boards).

    The areas and boards are read only if there is a notice to publish, or if documents that were issued about an
    alert are still in force; otherwise they are None. Raises StoreError.
    """
    found = publications.issued(db, now)
    if not found.notices and not found.chains:
        return (), found, None
    at = province(db)

    def reach(notice: Notice) -> Reach:
        return at.reach(notice.areas)

    return publication.plan(found.chains, found.notices, reach, now), found, at


def make_due(db: Database, config: Config, now: datetime, sign: Callable[[bytes], bytes]) -> tuple[Made, ...]:
    """Makes the documents that have to be issued at ``now``, and does not store them. Raises StoreError.

    Returns (the data about the document, the XML that ``sign`` returned) for each.
    """
    steps, found, at = due(db, now)
    if at is None:
        return ()
    versions = dict(found.versions)
    rings = outlines(db, {slug for step in steps for slug in step.content.areas}) if steps else {}
    made: list[Made] = []
    for step in steps:
        number = versions[step.content.notice] = versions.get(step.content.notice, 0) + 1
        identifier = publication.identifier_of(found.epoch, step.content.notice, number)
        made.append(
            _made(step, number, _head(step, identifier, publication.sent_of(step, now), at, config, rings), sign)
        )
    return tuple(made)


def _made(step: Step, version: int, head: Head, sign: Callable[[bytes], bytes]) -> Made:
    chain = step.before[0].chain if step.before else head.identifier
    issued = Published(
        head.identifier, chain, version, step.kind, head.sender, head.sent, ends_of(step, head.sent), step.areas,
        step.content,
    )  # fmt: skip
    return issued, sign(render(step, head))


def _head(
    step: Step, identifier: str, sent: datetime, at: Province, config: Config, rings: Mapping[str, Outline]
) -> Head:
    areas = tuple(slug for slug in step.content.areas if slug in at.tree)
    return Head(
        identifier,
        # One sender for a chain, whatever the configuration says meanwhile: readers compare it.
        step.before[0].sender if step.before else sender_of(areas, at.tree, config.alert_senders(), base_of(config)),
        sent,
        tuple(place_of(slug, at.tree, rings.get(slug, ())) for slug in areas),
        _web(at, areas, base_of(config)),
        ZoneInfo(config.timezone),
    )


def place_of(slug: str, tree: AreaTree, rings: Outline) -> Place:
    """Returns the area ``slug`` with its full name "Xã Minh Tân, Tỉnh Hưng Yên", its codes and outline ``rings``."""
    area = tree.get(slug)
    return Place(", ".join(tree.get(one).name for one in tree.chain(slug)), area.codes, rings)


def _web(at: Province, areas: tuple[str, ...], base: str) -> str:
    """Returns the web address of a public board that shows a notice addressed to ``areas``; "" if there is none.

    ``at`` has all areas and public boards, ``base`` is the public address of the server.
    """
    found = next((board for board in at.boards_of(areas) if board.slug not in at.safe), None)
    return f"{base}/board/{found.slug}" if found else ""
