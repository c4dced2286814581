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
    try:
        page = _page_or_404(key)
    except (NotFound, Ended) as gone:
        return _missing(gone)
    except TakenDown as gone:
        if gone.now is not None:
            return redirect(url_for("public_items.item", key=f"a{gone.now}"))
        return _missing(gone)
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
    try:
        page = _page_or_404(key)
    except (NotFound, Ended, TakenDown) as gone:
        return _missing(gone)
    found = next((one for one in page.originals if one.hash == hash), None)
    if found is None:
        abort(404)
    return original_answer(found)


def _page_or_404(key: str) -> ItemPage:
    """Returns the page of the item; 404 for a key of no possible item. Raises NotFound, Ended or TakenDown."""
    known = item_of(key)
    if known is None:
        abort(404)
    return item_page(*known)


def _missing(gone: NotFound | Ended | TakenDown) -> tuple[str, int]:
    """The page that says why an item has none: never had one (404), or no longer has one (410)."""
    if isinstance(gone, NotFound):
        why, status = "missing", 404
    else:
        why, status = ("ended" if isinstance(gone, Ended) else "withdrawn"), 410
    return render_template("public/missing.html", why=why, strips=()), status


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
