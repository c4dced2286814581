"""The view of an item's public page, ``/item/a12``, to which QR codes on slides lead; registered by desk.app."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from server.core.item_addresses import item_of
from server.desk.public import head
from server.desk.public.holding import kept
from server.desk.public.item_page import Ended, ItemPage, TakenDown, item_page
from server.desk.public.public_boards import live_notices
from server.desk.public.urgent_strip import strips
from server.desk.web.context import desk
from server.desk.web.original_files import original_answer
from server.desk.web.rights import needs
from server.store.database.errors import NotFound

pages = Blueprint("public_items", __name__)


@pages.get("/item/<key>")
@needs("public")
@kept
def item(key: str) -> ResponseReturnValue:
    known = item_of(key)
    if known is None:
        abort(404)
    try:
        page = item_page(*known)
    except NotFound:
        return render_template("public/missing.html", why="missing", strips=()), 404
    except Ended:
        return render_template("public/missing.html", why="ended", strips=()), 410
    except TakenDown as taken_down:
        if taken_down.now is not None:
            return redirect(url_for("public_items.item", key=f"a{taken_down.now}"))
        return render_template("public/missing.html", why="withdrawn", strips=()), 410
    return render_template(
        "public/item.html",
        item=page,
        meta=_meta(page),
        telephone=page.office and head.telephone(page.office.slug, desk.tree()),
        strips=strips(live_notices((page.board,), desk.tree())),
        address=head.absolute(page.path),
    )


@pages.get("/item/<key>/original/<hash>")
@needs("public")
@kept
def original(key: str, hash: str) -> ResponseReturnValue:
    """A document from which an item was made, as long as the item has its page; with a name, to be saved."""
    known = item_of(key)
    if known is None:
        abort(404)
    try:
        page = item_page(*known)
    except NotFound:
        return render_template("public/missing.html", why="missing", strips=()), 404
    except (Ended, TakenDown) as gone:
        why = "ended" if isinstance(gone, Ended) else "withdrawn"
        return render_template("public/missing.html", why=why, strips=()), 410
    found = next((one for one in page.originals if one.hash == hash), None)
    if found is None:
        abort(404)
    return original_answer(found)


def _meta(page: ItemPage) -> head.Meta:
    issuer = head.office(page.office, desk.tree()) if page.office else {"@type": "Organization", "name": page.issuer}
    data: dict[str, Any] = {
        "@type": "NewsArticle",
        "headline": page.title,
        "url": head.absolute(page.path),
        "inLanguage": page.language,
        "datePublished": page.life.first.isoformat(),
        "publisher": issuer,
        "articleBody": "\n".join(block.text for block in page.blocks),
    }
    if page.life.last:
        data["expires"] = page.life.last.isoformat()
    if page.corrected:
        data["dateModified"] = page.corrected.isoformat()
    if page.picture:
        data["image"] = head.absolute(page.picture)
    return head.Meta(
        page.path,
        page.title or page.kind,
        page.description,
        page.picture,
        "article",
        page.issuer,
        data,
        (head.embedding(page.path, page.title),),
    )
