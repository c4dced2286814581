"""Whose items a feed has, for the views: server.content.public_feeds.scopes with what a request knows."""

from __future__ import annotations

from flask import request

from server.content import alert_publication
from server.content.public_feeds import scopes
from server.content.public_feeds.live_items import LiveItems
from server.content.public_feeds.scopes import FeedContext, Scope, ScopeKind
from server.desk.web.context import desk


def base_address() -> str:
    """The public address of this server without a final slash; that of the request if none is configured."""
    return alert_publication.base_of(desk.config) or request.host_url.rstrip("/")


def context() -> FeedContext:
    """What feeds are made from at this moment."""
    return FeedContext(desk.db, desk.config, base_address(), desk.now())


def scope_of(kind: ScopeKind, slug: str) -> Scope | None:
    """The scope of a board or an area; None without such a public board. Raises StoreError."""
    return scopes.scope_of(context(), kind, slug)


def everything() -> Scope:
    """All public boards of this server; there may be none. Raises StoreError."""
    return scopes.everything(context())


def live_item(key: str) -> LiveItems:
    """The one item with this key that a public board shows now, with when that ends. Raises NotFound, StoreError."""
    return scopes.live_item(context(), key)
