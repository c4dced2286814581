"""Splits a long list into pages chosen by ``?page=N``; called by the views that list items.

The template shows the links with the macro ``pagination(page.number, page.last)`` of web/macros.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

from server.core.text_input import whole_number

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list: its ``items``, its ``number`` (from 1) and the number of the ``last`` page (at least 1)."""

    items: Sequence[T]
    number: int
    last: int


def page_of(items: Sequence[T], size: int, number: int) -> Page[T]:
    """Returns page ``number`` (from 1) of ``items``, with ``size`` items per page.

    A number out of range gives the nearest page.
    """
    last = max(1, -(-len(items) // size))
    number = min(max(1, number), last)
    return Page(items[(number - 1) * size : number * size], number, last)


def requested_page(items: Sequence[T], size: int) -> Page[T]:
    """Returns the page that the request asks for by ``?page=``; the first one if that is missing or not a number."""
    return page_of(items, size, request.args.get("page", 1, type=whole_number))
