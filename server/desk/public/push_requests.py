"""Parses and checks the requests that browsers send about Web Push; called by push_views.

Nobody is signed in, so a request must come from a page of this server, be short, and not come too often.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import NoReturn, TypeVar

from flask import abort, current_app, request
from flask_babel import gettext
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server.desk.web.context import desk
from server.desk.web.i18n import language
from server.desk.web.problems import problem
from server.notifications.push_hosts import push_host
from server.notifications.push_request import InvalidKeys, browser_keys
from server.store.notifications.push_browsers import Browser, Sender

MOST_BYTES = 4096
Request = TypeVar("Request", bound=BaseModel)


class _Keys(BaseModel):
    p256dh: str = Field(max_length=200)
    auth: str = Field(max_length=60)


class _Part(BaseModel):
    """A JSON object in a request; unknown members are ignored, because browsers add some, such as expirationTime."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Subscription(_Part):
    endpoint: str
    keys: _Keys


class Wish(_Part):
    """A browser's request to get the notices of ``area``. ``subscription`` is the result of PushManager.subscribe."""

    subscription: _Subscription
    area: str = Field(max_length=60)
    deadlines: bool = False


class Renewal(_Part):
    """A browser's report that its push service has replaced the address ``endpoint`` by that of ``subscription``."""

    endpoint: str = Field(max_length=1500)
    subscription: _Subscription


class Address(_Part):
    """A browser's request to list what it gets, or to end it: for ``area``, or for all areas if that is ""."""

    endpoint: str = Field(max_length=1500)
    area: str = Field(default="", max_length=60)


def wish() -> tuple[Wish, Browser]:
    """Returns the posted request to get notices, and the browser as it is to be stored; answers 4xx for any other."""
    found = _parsed(Wish)
    return found, _browser(found.subscription)


def renewal() -> tuple[str, Browser]:
    """Returns the former address and the browser with its new one; answers 4xx for any other request."""
    found = _parsed(Renewal)
    return found.endpoint, _browser(found.subscription)


def _browser(subscription: _Subscription) -> Browser:
    try:
        browser_keys(subscription.keys.p256dh, subscription.keys.auth)
    except InvalidKeys:
        _refuse_unreadable()
    host = push_host(subscription.endpoint, desk.config.push.hosts)
    if not host:
        _refuse(422, gettext("Máy chủ này chưa gửi được tới trình duyệt của bạn. Hãy thử một trình duyệt khác."))
    keys = subscription.keys
    return Browser(subscription.endpoint, host, keys.p256dh, keys.auth, language(desk))


def address() -> Address:
    """Returns the posted request of a browser that is stored already; answers 4xx for any other request."""
    return _parsed(Address)


def sender() -> Sender:
    """Returns the sender of the request, by whom requests are limited.

    The store gets only a digest of the IP address (of its /64 network for IPv6), keyed with the desk's secret.
    """
    try:
        at = ip_address(desk.address())
        network = str(at) if at.version == 4 else str(ip_network((at, 64), strict=False))
    except ValueError:
        network = desk.address()
    secret = str(current_app.secret_key).encode()
    bucket = hmac.new(secret, f"push {network}".encode(), sha256).hexdigest()[:24]
    return Sender(f"push {bucket}", desk.config.push.requests_per_minute, desk.now())


def _parsed(shape: type[Request]) -> Request:
    """Returns the body of the request in this shape; answers 4xx for any other."""
    try:
        return shape.model_validate_json(_checked_body())
    except ValidationError:
        _refuse_unreadable()


def _refuse_unreadable() -> NoReturn:
    _refuse(422, gettext("Trình duyệt gửi một địa chỉ nhận tin không đọc được. Hãy tải lại trang rồi thử lại."))


def _checked_body() -> bytes:
    """Returns the body of a request; answers 4xx unless the headers say that a page of this server sent it."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin" or not _own_origin():
        _refuse(400, gettext("Yêu cầu này không đến từ trang của máy chủ."))
    if request.mimetype != "application/json":
        _refuse(415, gettext("Yêu cầu này không phải là JSON."))
    if (request.content_length or 0) > MOST_BYTES:
        _refuse(413, gettext("Yêu cầu này dài quá."))
    return request.get_data(cache=False)


def _own_origin() -> bool:
    own = {request.host_url.rstrip("/"), desk.config.server.public_url.rstrip("/")}
    return request.headers.get("Origin", "") in own - {""}


def _refuse(status: int, sentence: str) -> NoReturn:
    abort(problem(status, sentence))
