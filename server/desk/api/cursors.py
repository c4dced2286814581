"""Makes and reads cursors, the opaque texts that say where the next page of an API list begins; used by api.v1.

A cursor holds the time and the id of the last item of a page.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from server.core.text_input import LARGEST_NUMBER
from server.core.times import from_ms, readable, to_ms
from server.store.api.listings import Place

T = TypeVar("T")

USUAL, MOST = 50, 200
"""The number of items of a page: the default and the largest."""


def cursor(at: datetime, id: int) -> str:
    """Returns the cursor for a page whose last item has the time ``at`` and the id ``id``."""
    # Microseconds, because two stories may be published in the same millisecond.
    text = json.dumps([to_ms(at), at.microsecond % 1000, id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place(text: str) -> Place:
    """Returns the time and the id in a cursor; the inverse of `cursor`. Raises ValueError for any other text."""
    try:
        at, micro, id = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        known = all(type(one) is int for one in (at, micro, id)) and 0 <= micro < 1000 and 0 < id <= LARGEST_NUMBER
        found = from_ms(at).replace(microsecond=at % 1000 * 1000 + micro)
    except (binascii.Error, UnicodeError, TypeError, ValueError, OverflowError) as error:
        raise ValueError("not a cursor") from error
    if not known or not readable(found):
        raise ValueError("not a cursor")
    return Place(found, id)


def _checked(text: str) -> str:
    try:
        place(text)
    except ValueError as error:
        raise PydanticCustomError("cursor", "not a cursor of this list") from error
    return text


class Paging(BaseModel):
    """The query parameters that select a page of a list."""

    model_config = ConfigDict(title="Paging")

    cursor: Annotated[str, Field(max_length=200), AfterValidator(_checked)] | None = Field(
        default=None, description="`next` of the page before; without it, the first page"
    )
    limit: Annotated[int, Field(ge=1, le=MOST)] = Field(default=USUAL, description="how many items the page has")

    @property
    def after(self) -> Place | None:
        """The time and the id of the last item of the previous page; None if the first page is requested."""
        return place(self.cursor) if self.cursor else None


def page(found: Sequence[T], limit: int, key: Callable[[T], tuple[datetime, int]]) -> tuple[list[T], str | None]:
    """Returns the items of one page and the cursor of the next page, which is None on the last page.

    ``found`` are the items from the beginning of the page on. The caller reads at most ``limit`` + 1 of them, one
    more than the page shows, so that this function knows whether a next page exists. ``key`` returns the time and the
    id of an item.
    """
    some = list(found[:limit])
    return some, cursor(*key(some[-1])) if len(found) > limit else None
