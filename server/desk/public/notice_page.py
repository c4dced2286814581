"""Serves the public page of a live notice, ``/notice/12``, to which a push message leads; registered by desk.app."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from server.core.model import Board, Notice
from server.desk.public import head, push_views
from server.desk.public.holding import changes_at, kept
from server.desk.public.public_boards import live_notices, visible_boards
from server.desk.public.urgent_strip import strips
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.database.errors import NotFound
from server.store.notices import notices

pages = Blueprint("public_notices", __name__)


@pages.get("/notice/<int:id>")
@needs("public")
@kept
def notice(id: int) -> ResponseReturnValue:
    """The page of a notice that a public board shows.

    Redirects to the correction of a corrected notice; answers 410 for one that is over, 404 for any other.
    """
    tree = desk.tree()
    live = {one.id: (one, on) for one, on in live_notices(visible_boards(tree), tree) if one.shown_level != "normal"}
    changes_at(one.until for one, _ in live.values())
    if id not in live:
        return _instead(id, [one for one, _ in live.values()])
    one, on = live[id]
    board = on[0]
    return render_template(
        "public/notice.html",
        strip=strips([live[id]])[0],
        strips=strips([*_graver(one, on, live.values()), live[id]]),
        opened=id,
        board=board,
        area=tree.get(board.area),
        telephone=head.telephone(board.area, tree),
        offers_push=push_views.offered(),
        address=head.absolute(f"/notice/{id}"),
        meta=head.Meta(f"/notice/{id}", one.headline, data=head.announced(one), kind="article"),
    )


def _graver(
    one: Notice, on: tuple[Board, ...], live: Iterable[tuple[Notice, tuple[Board, ...]]]
) -> list[tuple[Notice, tuple[Board, ...]]]:
    """Returns the real urgent notices on the boards ``on`` of a drill, so that nobody reads of the drill alone.

    Returns nothing for a notice that is no drill.
    """
    if not one.exercise:
        return []
    boards = {board.slug for board in on}
    return [
        (other, where)
        for other, where in live
        if other.shown_level == "urgent" and not other.exercise and boards & {board.slug for board in where}
    ]


def _instead(id: int, live: list[Notice]) -> ResponseReturnValue:
    """Returns the answer for a notice that is not live: a redirect to its newest correction, else 410 or 404."""
    latest = id
    for one in sorted(live, key=lambda each: each.id):
        if one.replaces is not None and _leads_to(one.replaces, id):
            latest = one.id
    if latest != id:
        return redirect(url_for("public_notices.notice", id=latest))
    if _was_public(id):
        return render_template("public/missing.html", why="over", strips=()), 410
    return render_template("public/missing.html", why="missing", strips=()), 404


def _leads_to(id: int, wanted: int) -> bool:
    """Returns whether the notice ``id`` is ``wanted`` or corrects it, directly or through other corrections."""
    at: int | None = id
    while at is not None and at > wanted:
        at = _replaced_by(at)
    return at == wanted


def _replaced_by(id: int) -> int | None:
    try:
        return notices.get(desk.db, id).replaces
    except NotFound:
        return None


def _was_public(id: int) -> bool:
    """Returns whether the notice was on air; drafts and messages of other programs have no page."""
    try:
        one = notices.get(desk.db, id)
    except NotFound:
        return False
    over = one.state in ("cleared", "corrected", "expired") and one.ended is not None and one.ended > one.issued
    return over and not one.is_message
