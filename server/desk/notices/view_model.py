"""Renders the pages and fragments of urgent notices; called by the notices' views and actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TypedDict

from flask import render_template

from server.core.areas import AreaTree
from server.core.model import Board, Format, Notice, NoticeState
from server.core.notices.four_eyes import is_second, time_until_alone
from server.core.notices.hazards import HAZARDS
from server.core.notices.order import TURN_SECONDS, reached, turns
from server.core.notices.progress import Progress, phone_of, progress
from server.desk.notices.access import holds_everywhere, may_see
from server.desk.notices.form import NoticeForm
from server.desk.web import slide_preview
from server.desk.web.context import desk
from server.store.boards import boards
from server.store.notices import actions, notices
from server.store.people import people
from server.store.screens import receipts, screens

MOST_PREVIEWS = 3
_DRAFTS: tuple[NoticeState, ...] = ("drafted",)


class Preview(TypedDict):
    """A slide on one board: ``page`` is the HTML of an iframe, ``shape`` the layout of the board's format."""

    board: Board
    page: str
    shape: str


class Target(TypedDict):
    """Where a notice goes: the boards it reaches, the names of their areas, the names of the areas addressed."""

    boards: Sequence[Board]
    areas: list[str]
    names: list[str]


def boards_reached(notice: Notice) -> tuple[Board, ...]:
    """The boards of the notice's areas and of all areas below them."""
    return reached(boards.all(desk.db), desk.tree(), notice.areas)


def form_page(form: NoticeForm, notice: Notice | None = None, theirs: Notice | None = None) -> str:
    """The form of a new notice or of the draft ``notice``.

    ``theirs`` is the draft as somebody else has saved it in the meantime; it is shown beside the form.
    """
    tree = desk.tree()
    tops = [slug for slug in form.offered if not any(tree.is_above(other, slug) for other in form.offered)]
    if not form.is_submitted() and len(form.offered) == 1 and not form.areas.data:
        form.areas.data = list(form.offered)
    return render_template(
        "notices/new.html",
        form=form,
        notice=notice,
        seen=actions.mark(notice) if notice else "",
        theirs=theirs,
        pushes=desk.may("notice.push"),
        four_eyes=desk.config.notices.four_eyes,
        prepared=[asdict(hazard) for hazard in HAZARDS],
        place=tree.get(tops[0]).name if len(tops) == 1 else "",
        depth=_depths(tree, form.offered),
        current=_current_notices(),
    )


def _current_notices() -> list[Notice]:
    """Notices on air, then drafts, that the signed-in person may see."""
    found = [*notices.live(desk.db, desk.now()), *notices.all(desk.db, states=_DRAFTS, most=50)]
    return [notice for notice in found if may_see(notice)]


def check_fragment(form: NoticeForm) -> str:
    """The effect of sending the form now: boards reached, previews, live notices shown in turn with it."""
    notice = replace(form.notice(desk.actor()), state="live", id=0)
    found = boards_reached(notice)
    live = notices.live(desk.db, desk.now())
    return render_template(
        "notices/check.html",
        notice=notice,
        target=_target(notice, found),
        turns=turns(notice, found, desk.tree(), live),
        turn_seconds=TURN_SECONDS,
        previews=_previews(notice, found) if notice.headline else [],
    )


def notice_page(notice: Notice) -> str:
    """The page of one notice, from draft to end."""
    now = desk.now()
    wait = time_until_alone(notice, now)
    found = boards_reached(notice)
    return render_template(
        "notices/one.html",
        notice=notice,
        seen=actions.mark(notice),
        phase="over" if notice.state == "live" and notice.until <= now else notice.state,
        target=_target(notice, found),
        previews=_previews(notice, found),
        progress=_progress(notice, found),
        phone_of=phone_of,
        pushes=holds_everywhere("notice.push", notice),
        clears=holds_everywhere("notice.clear", notice),
        four_eyes=desk.config.notices.four_eyes,
        second=is_second(notice, desk.actor()),
        wait=None if wait is None else int(wait.total_seconds()),
        expired=notice.until <= now,
        name=_name_of(),
    )


def progress_fragment(notice: Notice) -> str:
    """How many screens have received and shown the notice, and whom to call about the others."""
    return render_template(
        "notices/progress.html", progress=_progress(notice, boards_reached(notice)), phone_of=phone_of
    )


def _progress(notice: Notice, found: Sequence[Board]) -> Progress:
    return progress(
        notice.issued,
        found,
        screens.all(desk.db, [board.slug for board in found]),
        receipts.links(desk.db),
        receipts.of_notice(desk.db, notice.id),
        desk.now(),
    )


def _name_of() -> Callable[[str], str]:
    """A function from an actor of the audit to a person's name; an actor from a shell keeps his system's name."""
    known = {person.username: person.name for person in people.all(desk.db)}
    return lambda actor: known.get(actor, actor)


def _target(notice: Notice, found: Sequence[Board]) -> Target:
    tree = desk.tree()
    return {
        "boards": found,
        "areas": sorted({tree.get(board.area).name for board in found}),
        "names": [tree.get(slug).name for slug in notice.areas if slug in tree],
    }


def _previews(notice: Notice, found: Sequence[Board]) -> list[Preview]:
    """The notice's slide on one board of each format that it reaches, at most MOST_PREVIEWS."""
    by_format: dict[Format, Board] = {}
    for board in found:
        by_format.setdefault(board.format, board)
    tree, renderer = desk.tree(), slide_preview.renderer()
    made: list[Preview] = []
    for board in list(by_format.values())[:MOST_PREVIEWS]:
        slide = renderer.notice(notice, zone=board.zone, format=board.format)
        covers = notice.level == "urgent"
        page = slide_preview.document(slide, board, tree.get(board.area).name, desk.now(), covers=covers)
        made.append({"board": board, "page": page, "shape": board.format.layout})
    return made


def _depths(tree: AreaTree, areas: Sequence[str]) -> Mapping[str, int]:
    """How many levels each area lies below the topmost of ``areas``: the indent of the list of areas."""
    levels = {slug: len(tree.chain(slug)) for slug in areas}
    return {slug: level - min(levels.values()) for slug, level in levels.items()}
