"""The public page of an item, ``/item/a12``, to which the QR code on a board leads; registered by server.desk.app.

Anybody may request these pages often, so each rendered page is cached until the store changes, at most for a minute.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from threading import Lock
from typing import cast

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, url_for

from server.core.item_addresses import LETTERS, ItemKind
from server.core.times import to_ms
from server.desk.public.item_page import TakenDown, item_page
from server.desk.web.context import desk
from server.desk.web.i18n import language
from server.desk.web.rights import needs
from server.store.database import revision
from server.store.database.errors import NotFound

pages = Blueprint("public_items", __name__)
# The ids of the store have at most 18 digits.
_KEY = re.compile(r"([a-z])([1-9][0-9]{0,17})", re.ASCII)
MOST_KEPT = 500
KEPT_MS = 60_000
_Kept = tuple[int, int, str, int]  # the store's revision, the minute, the page, its status


class _Pages:
    """A thread-safe cache of the last `MOST_KEPT` pages, by key of the item and language."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[str, str], at: tuple[int, int]) -> tuple[str, int] | None:
        with self._lock:
            found = self._kept.get(key)
        return found[2:] if found and found[:2] == at else None

    def put(self, key: tuple[str, str], at: tuple[int, int], page: tuple[str, int]) -> None:
        with self._lock:
            self._kept[key] = (*at, *page)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


@pages.get("/item/<key>")
@needs("public")
def item(key: str) -> Response:
    found = _KEY.fullmatch(key)
    if found is None or found[1] not in LETTERS:
        abort(404)
    kept: _Pages = current_app.extensions.setdefault("public_pages", _Pages())
    name, at = (key, language(desk)), (revision.current(desk.db), to_ms(desk.now()) // KEPT_MS)
    text, status = kept.get(name, at) or _page(LETTERS[found[1]], int(found[2]))
    if status == 302:
        return cast(Response, redirect(text))
    kept.put(name, at, (text, status))
    answer = make_response(text, status)
    # Caches must distinguish answers by cookie, because the language is in a cookie.
    answer.headers["Cache-Control"] = "public, max-age=30"
    answer.headers["Vary"] = "Cookie"
    return answer


def _page(kind: ItemKind, id: int) -> tuple[str, int]:
    """(HTML of an item's page, HTTP status); with status 302, the address of the page to redirect to instead of HTML.

    That is the page of the announcement that replaces a withdrawn one.
    """
    try:
        return render_template("public/item.html", item=item_page(kind, id)), 200
    except NotFound:
        return render_template("public/missing.html", gone=False), 404
    except TakenDown as taken_down:
        if taken_down.now is not None:
            return url_for("public_items.item", key=f"a{taken_down.now}"), 302
        return render_template("public/missing.html", gone=True), 410
