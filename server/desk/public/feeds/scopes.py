"""Selects the boards of a feed for the views: server.content.public_feeds.scopes with what a request knows."""

from __future__ import annotations

from flask import request

from server.content import alert_publication
from server.content.public_feeds import scopes
from server.content.public_feeds.live_items import LiveItems
from server.content.public_feeds.scopes import FeedContext, Scope, ScopeKind
from server.desk.web.context import desk


def base_address() -> str:
    """Returns the public address of this server without a final slash.

    It is the address of the request if none is configured.
    """
    return alert_publication.base_of(desk.config) or request.host_url.rstrip("/")


def context() -> FeedContext:
    """Returns what feeds are made from at this moment."""
    return FeedContext(desk.db, desk.config, base_address(), desk.now())


def scope_of(kind: ScopeKind, slug: str) -> Scope | None:
    """Returns the scope of a board or an area; None if there is no such public board, or none in the area.

    Raises StoreError if the store cannot be read.
    """
    return scopes.scope_of(context(), kind, slug)


def everything() -> Scope:
    """Returns the scope of all public boards of this server, of which there may be none.

    Raises StoreError if the store cannot be read.
    """
    return scopes.everything(context())


def live_item(key: str) -> LiveItems:
    """Returns the item with this key, in a LiveItems of one item, if a public board shows it now.

    Raises NotFound if no public board shows it, StoreError if the store cannot be read.
    """
    return scopes.live_item(context(), key)
