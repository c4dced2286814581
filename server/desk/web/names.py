"""Makes names of areas, boards and sources unambiguous: if two have the same name, the place is added in brackets.

Called by the views and templates that show such names. Names are read from the store once per request.
"""

from __future__ import annotations

from flask import g
from flask_babel import gettext

from server.core.areas import told_apart
from server.desk.web.context import desk
from server.store.areas import former
from server.store.boards import boards


def area_name(slug: str | None) -> str:
    """Returns the name of an area; an unknown slug is returned unchanged.

    If another area has the same name, the name of the area above is added: "Xã Minh Tân (tỉnh Hưng Yên)". An area
    that was merged into another one is marked as former.
    """
    if "area_names" not in g:
        g.area_names = _merged() | desk.tree().labels()
    return str(g.area_names.get(slug, slug or ""))


def board_name(slug: str) -> str:
    """Returns the name of a board, with its area if another board has the same name.

    An unknown slug is returned unchanged.
    """
    if "board_names" not in g:
        g.board_names = told_apart((one.slug, one.name, _area(one.area)) for one in boards.all(desk.db))
    return str(g.board_names.get(slug, slug))


def source_name(slug: str) -> str:
    """Returns the name of a source, with its area, label or address if another source has the same name.

    An unknown slug is returned unchanged.
    """
    if "source_names" not in g:
        every = (
            (one.slug, one.name, _area(one.area), one.label, _bare(one.url).partition("/")[0], _bare(one.url))
            for one in desk.every_source()
        )
        g.source_names = told_apart(every)
    return str(g.source_names.get(slug, slug))


def _merged() -> dict[str, str]:
    found = former.names(desk.db)
    return {slug: gettext("%(area)s (cũ)", area=name) for slug, name in found.items()}


def _area(slug: str | None) -> str:
    tree = desk.tree()
    return tree.get(slug).name if slug is not None and slug in tree else ""


def _bare(address: str) -> str:
    """Returns an address without its scheme, as people say it: "minhtan.vn/rss/1"."""
    return address.partition("://")[2] or address
