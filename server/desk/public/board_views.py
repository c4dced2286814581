"""The public pages of a board: its list, the parts that the server puts into the board's page, and its miniature.

``/board/X`` itself is one document with board and list, which server.live.glass.board_pages makes of `parts`. With
``?list=1`` or a search the list is a page of its own, which works without script at every width.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, render_template
from flask.typing import ResponseReturnValue

from server.core.areas import AreaTree
from server.core.model import Board
from server.desk.public import board_list, head, miniature, push_views
from server.desk.public.holding import changes_at, kept
from server.desk.public.public_boards import on_boards, with_mode
from server.desk.public.search import searched_words
from server.desk.public.urgent_strip import strips
from server.desk.web.context import desk
from server.desk.web.i18n import language
from server.desk.web.rights import needs

pages = Blueprint("public_boards", __name__)


@pages.get("/board/<slug>")
@needs("public")
@kept
def listed(slug: str) -> str:
    """The list of what the board shows, as a page; ``?q=`` searches in it."""
    return render_template("public/board_page.html", **_list(slug, searched_words()))


@pages.get("/board/<slug>/parts")
@needs("public")
@kept
def parts(slug: str) -> Response:
    """{head, body, language}: the list as HTML for the document that also has the board; asked for by the server."""
    shown = _list(slug, "")
    return jsonify(
        head=render_template("public/board_head.html", **shown),
        body=render_template("public/board_body.html", **shown),
        language=language(desk),
    )


@pages.get("/board/<slug>/slide")
@needs("public")
@kept
def slide(slug: str) -> ResponseReturnValue:
    """The slide that is on the board now, without script; browsers fetch it again after a minute."""
    board, _ = _board_or_404(slug)
    return miniature.page(board), {"Refresh": "60"}


def _list(slug: str, words: str) -> dict[str, object]:
    """The variables of the list's templates."""
    board, tree = _board_or_404(slug)
    (shown,) = on_boards([board])
    changes_at(shown.changes)
    area = tree.get(board.area)
    every = board_list.groups(shown, tree)
    found = board_list.groups(shown, tree, words) if words else every
    name = board.name if area.name in board.name else f"{board.name}, {area.name}"
    return {
        "board": board,
        "area": area,
        "telephone": head.telephone(board.area, tree),
        "strips": strips((one, (board,)) for one in shown.notices),
        "groups": found,
        "count": sum(len(group.rows) for group in every),
        "offers_push": push_views.offered(),
        "words": words,
        "now": desk.now(),
        "meta": head.board_meta(name, board, every),
    }


def _board_or_404(slug: str) -> tuple[Board, AreaTree]:
    """The public board with this slug, with mode "safe" in an area with panic mode on; and the areas."""
    tree = desk.tree()
    found = next((board for board in with_mode(tree) if board.slug == slug), None)
    if found is None:
        abort(404)
    return found, tree
