"""What other programs read in the head of a public page: Open Graph, schema.org, feeds; called by the views.

JSON-LD stands in a data block, which no browser executes, so the Content-Security-Policy does not concern it.
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
    """An alternate form of a page: its media type, path and title."""

    type: str
    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Meta:
    """The head of a page: ``path`` is its one address, ``image`` the path of a picture or "".

    ``kind`` is the type of Open Graph, ``data`` the fields of schema.org.
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
        """The JSON-LD; "<" is escaped, so that no text can end the element."""
        text = json.dumps({"@context": "https://schema.org", **(self.data or {})}, ensure_ascii=False)
        return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - "<" is escaped above


def absolute(path: str) -> str:
    """The address of a path on this server: at its public address, else at the one that was requested."""
    return (desk.config.server.public_url.rstrip("/") or request.host_url.rstrip("/")) + path


def telephone(area: str, tree: AreaTree) -> str:
    """The telephone number for citizens of an area, else that of the nearest area above; "" if there is none."""
    return next((number for slug in tree.chain(area) if (number := tree.get(slug).telephone)), "")


def office(area: Area, tree: AreaTree) -> dict[str, Any]:
    """The body that answers for an area's news, as schema.org/GovernmentOrganization."""
    number = telephone(area.slug, tree)
    return {"@type": "GovernmentOrganization", "name": area.name} | ({"telephone": number} if number else {})


def board_meta(name: str, board: Board, groups: Iterable[Group]) -> Meta:
    """The head of a board's page, with the addresses of its feeds."""
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
    """The oEmbed link of a page."""
    return Link("application/json+oembed", "/oembed?" + urlencode({"url": absolute(path)}), title)


def announced(notice: Notice) -> dict[str, Any]:
    """A notice as schema.org/SpecialAnnouncement."""
    return {
        "@type": "SpecialAnnouncement",
        "name": notice.headline,
        "text": " ".join((notice.headline, *notice.acts)),
        "datePosted": notice.issued.isoformat(),
        "expires": notice.until.isoformat(),
    }
