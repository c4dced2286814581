"""Makes the metadata in the head of public pages: Open Graph, schema.org, links to feeds; called by the public views.

The JSON-LD is in a ``script`` element with a data type. Browsers do not execute it, so the Content-Security-Policy
allows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from markupsafe import Markup

from server.core.areas import AreaTree
from server.core.model import Area, Board, Notice
from server.desk.public.board_list import Group
from server.desk.web.context import desk


@dataclass(frozen=True, slots=True)
class Link:
    """An alternate form of a page, for a ``link`` element: its media type, path and title."""

    type: str
    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Meta:
    """The metadata of a page. ``path`` is its canonical path, ``image`` the path of a picture, "" if there is none.

    ``kind`` is the Open Graph type, ``data`` the schema.org object (None: none), ``links`` the alternate forms.
    """

    path: str
    title: str
    description: str = ""
    image: str = ""
    kind: str = "website"
    site: str = "Bảng Tin"
    data: Mapping[str, Any] | None = None
    links: tuple[Link, ...] = ()

    @property
    def address(self) -> str:
        return absolute(self.path)

    @property
    def image_address(self) -> str:
        return absolute(self.image) if self.image else ""

    @property
    def linked_data(self) -> Markup:
        """The JSON-LD of the page; "<" is escaped, so that no text can close the element."""
        text = json.dumps({"@context": "https://schema.org", **(self.data or {})}, ensure_ascii=False)
        return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - "<" is escaped above


def absolute(path: str) -> str:
    """Returns the absolute URL of a path on this server.

    It begins with the configured public address, or with the host of the request if none is configured.
    """
    return (desk.config.server.public_url.rstrip("/") or request.host_url.rstrip("/")) + path


def telephone(area: str, tree: AreaTree) -> str:
    """Returns the telephone number for citizens of the area (slug), else that of the nearest area above.

    Returns "" if none of them has a number.
    """
    return next((number for slug in tree.chain(area) if (number := tree.get(slug).telephone)), "")


def office(area: Area, tree: AreaTree) -> dict[str, Any]:
    """Returns the office that is responsible for an area's news, as a schema.org GovernmentOrganization."""
    number = telephone(area.slug, tree)
    return {"@type": "GovernmentOrganization", "name": area.issuer} | ({"telephone": number} if number else {})


def board_meta(name: str, board: Board, groups: Iterable[Group]) -> Meta:
    """Returns the metadata of a board's page, with links to its feeds."""
    path = f"/board/{board.slug}"
    rows = [row for group in groups for row in group.rows]
    listed = [
        {"@type": "ListItem", "position": at, "url": absolute(row.path), "name": row.title.replace("\xa0", " ")}
        for at, row in enumerate(rows, 1)
    ]
    return Meta(
        path,
        name,
        "; ".join(row.title for row in rows[:3]),
        data={"@type": "ItemList", "name": name, "url": absolute(path), "itemListElement": listed},
        links=(
            Link("application/atom+xml", f"{path}/feed.atom", name),
            Link("application/feed+json", f"{path}/feed.json", name),
            Link("text/calendar", f"{path}/calendar.ics", name),
            embedding(path, name),
        ),
    )


def embedding(path: str, title: str) -> Link:
    """Returns the oEmbed link of the page at ``path``."""
    return Link("application/json+oembed", "/oembed?" + urlencode({"url": absolute(path)}), title)


def announced(notice: Notice) -> dict[str, Any]:
    """Returns a notice as a schema.org SpecialAnnouncement."""
    return {
        "@type": "SpecialAnnouncement",
        "name": notice.headline,
        "text": " ".join((notice.headline, *notice.acts)),
        "datePosted": notice.issued.isoformat(),
        "expires": notice.until.isoformat(),
    }
