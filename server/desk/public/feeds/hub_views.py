"""Takes the requests of WebSub subscribers at the hub's address; registered by server.desk.app.

A request is only stored here. The worker asks the callback whether it was meant, and delivers the feeds.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from server.content.public_feeds.feed_item import HUB_PATH
from server.content.public_feeds.topics import topic_of
from server.core.networks import network_of
from server.desk.public.feeds.answers import refused
from server.desk.public.feeds.scopes import base_address, scope_of
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.notifications import websub
from server.notifications.websub import BadRequest, Fault
from server.store.notifications import websub_requests
from server.store.notifications.websub_requests import Limit, TooMany, WaitingRequest

pages = Blueprint("public_hub", __name__)
MOST_BYTES = 64 * 1024
_FORM = "application/x-www-form-urlencoded"
_FAULTS: Mapping[Fault, object] = {
    "mode": lazy_gettext("hub.mode phải là subscribe hoặc unsubscribe."),
    "publish": lazy_gettext("Hub này chỉ phân phối nguồn tin của chính máy chủ này và tự biết khi tin thay đổi."),
    "topic": lazy_gettext("Thiếu hub.topic: địa chỉ của nguồn tin muốn theo dõi, dài nhất 2.000 ký tự."),
    "callback": lazy_gettext("hub.callback phải là một địa chỉ http hoặc https, không kèm tên và mật khẩu."),
    "secret": lazy_gettext("hub.secret phải ngắn hơn 200 byte."),
    "lease": lazy_gettext("hub.lease_seconds phải là một số nguyên dương."),
}
_LIMITS: Mapping[Limit, object] = {
    "network": lazy_gettext("Địa chỉ này đã gửi quá nhiều yêu cầu. Hãy thử lại sau một giờ."),
    "host": lazy_gettext("Máy chủ nhận tin này đã được đăng ký quá nhiều lần. Hãy thử lại sau một giờ."),
    "waiting": lazy_gettext("Có quá nhiều yêu cầu đang chờ. Hãy thử lại sau một giờ."),
    "subscriptions": lazy_gettext("Đã đủ số đăng ký. Hãy hỏi thẳng nguồn tin mỗi phút một lần."),
}
_ACCEPTED = lazy_gettext("Đã nhận yêu cầu; hub sẽ hỏi lại hub.callback.")
_TOO_LONG = lazy_gettext("Yêu cầu dài quá 64 KiB.")
_NO_FORM = lazy_gettext("Yêu cầu phải ở dạng application/x-www-form-urlencoded.")
_RETRY_SECONDS = "3600"


@pages.get(HUB_PATH)
@needs("public")
def explain() -> ResponseReturnValue:
    """Redirects people who open the hub's address in a browser to the page for webmasters."""
    return redirect("/nhung#websub")


@pages.post(HUB_PATH)
@needs("public", factor="none")
def accept() -> Response:
    """Stores a request to subscribe or unsubscribe and answers 202; nothing changes until the callback agrees."""
    if (request.content_length or 0) > MOST_BYTES:
        return refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _TOO_LONG)
    if request.mimetype != _FORM:
        return refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _NO_FORM)
    request.max_content_length = request.max_form_memory_size = MOST_BYTES
    try:
        asked = websub.read_request(request.form)
        waiting = WaitingRequest(
            0, "denied" if asked.mode == "subscribe" and not _is_ours(asked.topic) else asked.mode, asked.topic,
            asked.callback, asked.host, asked.secret, asked.lease,
        )  # fmt: skip
        websub_requests.add(desk.db, waiting, network_of(desk.address()), desk.now())
    except BadRequest as error:
        status = HTTPStatus.FORBIDDEN if error.fault == "publish" else HTTPStatus.BAD_REQUEST
        return refused(status, _FAULTS[error.fault])
    except TooMany as error:
        answer = refused(HTTPStatus.TOO_MANY_REQUESTS, _LIMITS[error.limit])
        answer.headers["Retry-After"] = _RETRY_SECONDS
        return answer
    return Response(f"{_ACCEPTED}\n", HTTPStatus.ACCEPTED, content_type="text/plain; charset=utf-8")


def _is_ours(address: str) -> bool:
    """Returns whether ``address`` (a topic) is the address of a feed that this server has now."""
    topic = topic_of(address, base_address())
    return topic is not None and scope_of(topic.kind, topic.slug) is not None
