"""Renders the pages and fragments of urgent notices; called by the notices' views and actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TypedDict

from flask import render_template
from flask_babel import gettext

from server.core.areas import AreaTree
from server.core.model import Board, Format, Notice, NoticeState
from server.core.notices.four_eyes import is_second, time_until_alone
from server.core.notices.hazards import HAZARDS
from server.core.notices.order import TURN_SECONDS, reached, turns
from server.core.notices.progress import Progress, phone_of, progress
from server.desk.notices.access import holds_everywhere, may_see
from server.desk.notices.form import NoticeForm
from server.desk.notices.lengths import lengths, letters_that_fit
from server.desk.notices.unseen import unseen
from server.desk.web import slide_preview
from server.desk.web.context import desk
from server.slides.kinds.notice import count_pages
from server.store.alerts import timeline
from server.store.audit import names
from server.store.boards import boards
from server.store.notices import actions, notices
from server.store.people import people
from server.store.screens import receipts, screens

MOST_PREVIEWS = 3
# The most pages that are drawn for one board; for a longer notice, the total number of pages is shown beside them.
MOST_PAGES = 4
MOST_NAMES = 3
_DRAFTS: tuple[NoticeState, ...] = ("drafted",)


class Preview(TypedDict):
    """One page of a notice on one board; ``page`` is an HTML page for an iframe.

    ``shape`` is the layout of the board's format. It is the notice's page ``number`` (from 1) of ``of`` pages.
    """

    board: Board
    page: str
    shape: str
    number: int
    of: int


class Target(TypedDict):
    """Where a notice is shown and to whom it is addressed.

    ``boards`` are the boards that show it, ``areas`` the names of these boards' areas, ``names`` the names of the
    areas that the notice is addressed to.
    """

    boards: Sequence[Board]
    areas: list[str]
    names: list[str]


def boards_reached(notice: Notice) -> tuple[Board, ...]:
    """Returns the boards that show the notice while it is live."""
    return reached(notice, boards.all(desk.db), desk.tree())


def form_page(form: NoticeForm, notice: Notice | None = None, theirs: Notice | None = None) -> str:
    """Returns the page with the form of a new notice, or of the draft ``notice``.

    ``theirs`` is the draft as somebody else has saved it meanwhile; the page shows it beside the form.
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
    """Returns the notices that the signed-in person may see: those on air, then drafts."""
    found = [*notices.live(desk.db, desk.now()), *notices.all(desk.db, states=_DRAFTS, most=50)]
    return [notice for notice in found if may_see(notice)]


def check_fragment(form: NoticeForm) -> str:
    """Returns an HTML fragment that shows what sending the form now would do.

    It names the boards that would show the notice and the live notices that would alternate with it, with previews.
    """
    notice = replace(form.notice(desk.actor()), state="live", id=0)
    found = boards_reached(notice)
    live = notices.live(desk.db, desk.now())
    return render_template(
        "notices/check.html",
        notice=notice,
        target=_target(notice, found),
        unseen=unseen(found),
        lengths=lengths(notice, found) if notice.headline else [],
        turns=turns(notice, found, desk.tree(), live),
        turn_seconds=TURN_SECONDS,
        previews=_previews(notice, found) if notice.headline else [],
    )


def refuse_long_headline(form: NoticeForm) -> bool:
    """Adds an error to the headline and returns True if it does not fit on one page of some board."""
    notice = form.notice(desk.actor())
    split = [one for one in lengths(notice, boards_reached(notice)) if not one.whole]
    if not split:
        return False
    names = ", ".join(f"«{board.name}»" for one in split for board in one.boards[:MOST_NAMES])
    most = min(letters_that_fit(notice, one.boards[0]) for one in split)
    text = gettext("Câu này dài quá một trang ở %(boards)s.", boards=names) + " "
    if most:
        text += gettext(
            "Hãy rút gọn còn khoảng %(letters)s ký tự; chi tiết xin để ở phần việc cần làm.", letters=most
        )
    else:
        text += gettext("Hãy dùng câu ngắn hơn hẳn.")
    form.headline.errors = [*form.headline.errors, text]
    return True


def notice_page(notice: Notice) -> str:
    """Returns the page of one notice in any state, with previews, progress and the buttons that the user may use."""
    now = desk.now()
    wait = time_until_alone(notice, now)
    found = boards_reached(notice)
    return render_template(
        "notices/one.html",
        notice=notice,
        seen=actions.mark(notice),
        phase="over" if notice.state == "live" and notice.until <= now else notice.state,
        target=_target(notice, found),
        unseen=unseen(found),
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
        official=notice.is_received,
        alert=timeline.document_of_notice(desk.db, notice.id) if notice.is_received else None,
    )


def progress_fragment(notice: Notice) -> str:
    """Returns an HTML fragment that says how many screens have received and shown the notice.

    For the other screens, it says whom to call about them.
    """
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
    """Returns a function from a person or a program with a key to its name; it returns any other actor unchanged."""
    keys = names.all_of(desk.db, "token")
    known = {f"token:{id}": str(gettext("Khóa máy «%(name)s»", name=name)) for id, name in keys.items()}
    known |= {person.username: person.name for person in people.all(desk.db)}
    return lambda actor: known.get(actor, actor)


def _target(notice: Notice, found: Sequence[Board]) -> Target:
    tree = desk.tree()
    return {
        "boards": found,
        "areas": sorted({tree.get(board.area).name for board in found}),
        "names": [tree.get(slug).name for slug in notice.areas if slug in tree],
    }


def _previews(notice: Notice, found: Sequence[Board]) -> list[Preview]:
    """Returns previews of the notice on one board of each format among ``found``.

    At most MOST_PREVIEWS boards, with at most MOST_PAGES pages each.
    """
    by_format: dict[Format, Board] = {}
    for board in found:
        by_format.setdefault(board.format, board)
    tree, renderer = desk.tree(), slide_preview.renderer()
    made: list[Preview] = []
    for board in list(by_format.values())[:MOST_PREVIEWS]:
        slide = renderer.notice(notice, zone=board.zone, format=board.format)
        covers = notice.level == "urgent"
        count = count_pages(notice, board.zone, board.format).pages
        # What the lap shows after the slide of a received alert is a slide of its own for each page.
        further = renderer.notice_details(notice, zone=board.zone, format=board.format)
        drawn = [(slide, turn) for turn in range(1, count + 1)] + [(one, 0) for one in further]
        for number, (one, turn) in enumerate(drawn[:MOST_PAGES], start=1):
            page = slide_preview.document(one, board, tree.get(board.area).name, desk.now(), covers=covers, turn=turn)
            shape = board.format.layout
            made.append({"board": board, "page": page, "shape": shape, "number": number, "of": len(drawn)})
    return made


def _depths(tree: AreaTree, areas: Sequence[str]) -> Mapping[str, int]:
    """Returns slug of each area -> how many levels it lies below the topmost one of ``areas``.

    The form indents its list of areas by this.
    """
    levels = {slug: len(tree.chain(slug)) for slug in areas}
    return {slug: level - min(levels.values()) for slug, level in levels.items()}
