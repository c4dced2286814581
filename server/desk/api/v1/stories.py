"""API operations that read stories; a story that is not approved is never returned. Registered by api.v1."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask import Response, abort
from pydantic import BaseModel, ConfigDict, Field

from server.core.item_addresses import item_path
from server.core.model import Story
from server.desk.api.cursors import Paging, page
from server.desk.api.v1.blueprint import READ, answer, api
from server.desk.api.v1.inputs import ById
from server.desk.sources.access import area_of
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.api import listings
from server.store.database.errors import NotFound
from server.store.sources import sources, stories


class StoryFilter(Paging):
    """The query parameters that select a page of stories."""

    source: Annotated[str, Field(max_length=60)] | None = Field(default=None, description="only those of this source")


class StoryShape(BaseModel):
    """An approved story. `link` is its address at the source, `page` the path of its public page on this server."""

    model_config = ConfigDict(title="Story")

    id: int
    source: str
    title: str
    summary: str
    link: str
    page: str
    language: str
    published: datetime
    table: list[list[str]]


class Stories(BaseModel):
    """A page of stories, latest publication first. `next` is the `cursor` of the next page; null on the last page."""

    model_config = ConfigDict(title="Stories")

    items: list[StoryShape]
    next: str | None


@api.get("/v1/stories", responses={200: Stories, **READ}, summary="Approved stories, newest first")
@needs("source.view")
def some_stories(query: StoryFilter) -> Response:
    """Lists the approved stories of the sources in the areas of the API key, the latest published first."""
    readable = [one.slug for one in sources.all(desk.db) if desk.may("source.view", area_of(one))]
    wanted = [slug for slug in readable if query.source in (None, slug)]
    found = listings.approved_stories(desk.db, wanted, after=query.after, most=query.limit + 1) if wanted else ()
    some, after = page(found, query.limit, lambda one: (one.published, one.id))
    return answer(Stories(items=[_shape(one) for one in some], next=after))


@api.get("/v1/stories/<int:id>", responses={200: StoryShape, **READ}, summary="One approved story")
@needs("source.view")
def one_story(path: ById) -> Response:
    """Reads one approved story; answers 404 for a story that waits for approval, is withdrawn or does not exist."""
    try:
        one = stories.get(desk.db, path.id)
        source = sources.get(desk.db, one.source)
    except NotFound:
        abort(404)
    if one.state != "approved" or not desk.may("source.view", area_of(source)):
        abort(404)
    return answer(_shape(one))


def _shape(one: Story) -> StoryShape:
    return StoryShape(
        id=one.id, source=one.source, title=one.title, summary=one.summary, link=one.link,
        page=item_path("story", one.id), language=one.language, published=one.published,
        table=[list(row) for row in one.table],
    )  # fmt: skip
