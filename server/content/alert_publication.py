"""Which CAP documents of our notices are due, and the making of them; called by worker and desk.public.

Both ask the same question: the worker in order to issue what is due, the desk because a feed from which a document is
still missing must not be read as "no alert".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from server.store.areas.areas import outlines
from server.store.boards import boards, panics
from server.store.database.engine import Database
from server.store.notices import publications
from server.store.notices.publications import Issued
from server.store.sources import sources

Made = tuple[Published, bytes]


@dataclass(frozen=True, slots=True)
class Province:
    """The areas and boards on which publishing depends. ``safe`` are the slugs of boards with the safe page."""

    tree: AreaTree
    public: tuple[Board, ...]
    safe: frozenset[str]

    def boards_of(self, areas: tuple[str, ...]) -> tuple[Board, ...]:
        """The public boards of ``areas`` and of those below."""
        found = {slug for area in areas for slug in boards_below(area, self.public, self.tree)}
        return tuple(board for board in self.public if board.slug in found)

    def reach(self, areas: tuple[str, ...]) -> Reach:
        """Whether something addressed to ``areas`` is on a public board."""
        found = {board.slug for board in self.boards_of(areas)}
        if not found:
            return "none"
        return "held" if found <= self.safe else "public"


def enabled(config: Config) -> bool:
    """Whether alerts are published: the addresses in the documents need the public address of the server."""
    return config.alerts.publish and bool(config.server.public_url)


def base_of(config: Config) -> str:
    """The public address of the server without a final slash."""
    return config.server.public_url.rstrip("/")


def province(db: Database) -> Province:
    """Areas and boards at this moment."""
    tree = AreaTree(sources.areas(db))
    panicking = {one.area for one in panics.on(db)}
    public = tuple(board for board in boards.all(db) if board.public)
    safe = (one.slug for one in public if one.mode == "safe" or not panicking.isdisjoint(tree.chain(one.area)))
    return Province(tree, public, frozenset(safe))


def due(db: Database, now: datetime) -> tuple[tuple[Step, ...], Issued, Province | None]:
    """The documents that have to be issued at ``now``, with what they were decided by.

    Areas and boards are read only if there is a notice to publish or a chain in force.
    """
    found = publications.issued(db, now)
    if not found.notices and not found.chains:
        return (), found, None
    at = province(db)

    def reach(notice: Notice) -> Reach:
        return at.reach(notice.areas)

    return publication.plan(found.chains, found.notices, reach, now), found, at


def make_due(db: Database, config: Config, now: datetime, sign: Callable[[bytes], bytes]) -> tuple[Made, ...]:
    """The documents that have to be issued at ``now``, made and signed, but not stored."""
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
    """An area as a document names it, "Xã Minh Tân, Tỉnh Hưng Yên", with its outline ``rings``."""
    area = tree.get(slug)
    return Place(", ".join(tree.get(one).name for one in tree.chain(slug)), area.codes, rings)


def _web(at: Province, areas: tuple[str, ...], base: str) -> str:
    """The address of a public board that shows the notice, "" if there is none."""
    found = next((board for board in at.boards_of(areas) if board.slug not in at.safe), None)
    return f"{base}/board/{found.slug}" if found else ""
