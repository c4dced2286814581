"""The public pages of a board: its list, as a page or as parts of one, and its current slide; registered by desk.app.

The page ``/board/X`` itself, which contains the board and the list, is made by server.live.glass.board_pages; it gets
the list from `parts`. With ``?list=1`` or a search, the list is a page of its own, which needs no script.
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
    """The page with the list of what the board shows; ``?q=`` searches in it."""
    return render_template("public/board_page.html", **_list(slug, searched_words()))


@pages.get("/board/<slug>/parts")
@needs("public")
@kept
def parts(slug: str) -> Response:
    """JSON {head, body, language} with the list as HTML, for the page that contains board and list.

    The server process requests it, not a browser.
    """
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
    """The page with the slide that the board shows now, without scripts; browsers load it again after a minute."""
    board, _ = _board_or_404(slug)
    return miniature.page(board), {"Refresh": "60"}


def _list(slug: str, words: str) -> dict[str, object]:
    """Returns the variables for the templates of the list; 404 if there is no such public board."""
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
    """Returns the public board with this slug, and the tree of areas; answers 404 if there is no such board.

    The board has mode "safe" if panic mode is on in its area or in one above.
    """
    tree = desk.tree()
    found = next((board for board in with_mode(tree) if board.slug == slug), None)
    if found is None:
        abort(404)
    return found, tree
