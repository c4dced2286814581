"""The callback at which hubs of other servers verify this server's subscriptions and tell of news.

Registered by server.desk.app. What a hub sends only makes the worker read the feed at once: the items come from the
address that the editor has entered, not from whoever knows the callback.
"""

from __future__ import annotations

import hmac
from http import HTTPStatus

from flask import Blueprint, Response, request

from server.core.levels.subscribing import lease_of
from server.core.text_input import number_or_none
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.notifications.websub import signature
from server.store.levels import pushes

pages = Blueprint("levels_push", __name__)
MOST_BYTES = 1 << 20
_PLAIN = "text/plain; charset=utf-8"


@pages.get("/levels/push/<key>")
@needs("public")
def verify(key: str) -> Response:
    """Confirms a subscription that the worker has asked for; 404 for everything else."""
    push = pushes.of_key(desk.db, key)
    mode, topic = request.args.get("hub.mode"), request.args.get("hub.topic")
    lease = lease_of(number_or_none(request.args.get("hub.lease_seconds", "")))
    challenge = request.args.get("hub.challenge", "")[:500]
    asked = push is not None and mode == "subscribe" and topic == push.topic and bool(challenge)
    if not asked or not pushes.verified(desk.db, key, lease, desk.now()):
        return _answer(HTTPStatus.NOT_FOUND)
    return _answer(HTTPStatus.OK, challenge)


@pages.post("/levels/push/<key>")
@needs("public", factor="none")
def receive(key: str) -> Response:
    """Makes the worker read the feed at once, if the hub's signature is right.

    A wrong signature is answered 202 like a right one, as WebSub asks: nobody learns from it whether he guessed.
    """
    push = pushes.of_key(desk.db, key)
    if push is None:
        return _answer(HTTPStatus.NOT_FOUND)
    request.max_content_length = MOST_BYTES
    expected = signature(push.secret, request.get_data(cache=False))
    given = request.headers.get("X-Hub-Signature", "")
    if hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        pushes.received(desk.db, push, desk.now())
    return _answer(HTTPStatus.ACCEPTED)


def _answer(status: HTTPStatus, text: str = "") -> Response:
    made = Response(text, status, content_type=_PLAIN)
    made.headers["Cache-Control"] = "no-store"
    return made
