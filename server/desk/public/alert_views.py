"""Publishes an area's alerts for other servers and programs: an Atom feed and CAP documents; registered by desk.app.

If a feed could not list everything that is in force, the view answers 503 instead of a shorter feed: readers
understand a missing alert as "no alert".
"""

from __future__ import annotations

from hashlib import sha256
from http import HTTPStatus
from typing import cast

from flask import Blueprint, Response, request
from flask_babel import lazy_gettext

from server.content import alert_publication
from server.content.alert_publication import Province
from server.core.alerts.publication import ENDED_SHOWN, is_identifier, listed
from server.core.alerts.publication_feed import CAP_TYPE, FeedHead, atom
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.notices import publications

pages = Blueprint("public_alerts", __name__)
FEED_AGE = "public, max-age=30"
DOCUMENT_AGE = "public, max-age=31536000, immutable"
RETRY_SECONDS = "2"
_OFF = lazy_gettext("Máy chủ này chưa phát hành cảnh báo.")
_NO_ADDRESS = lazy_gettext(
    "Máy chủ này chưa phát hành cảnh báo: quản trị chưa khai địa chỉ công khai [server] public_url."
)
_NO_AREA = lazy_gettext("Không có đơn vị này, hoặc đơn vị không có bảng tin công khai nào.")
_NO_DOCUMENT = lazy_gettext("Không có cảnh báo này.")
_SAFE = lazy_gettext("Các bảng tin công khai của đơn vị đang ở trang an toàn; chưa biết có cảnh báo hay không.")
_LATE = lazy_gettext("Có cảnh báo đang được phát hành; hãy đọc lại sau vài giây.")


@pages.get("/areas/<slug>/alerts.atom")
@needs("public")
def feed(slug: str) -> Response:
    """The Atom feed of the alerts addressed to the area ``slug`` or to one above it.

    Answers 404 if this server publishes no alerts, or if there is no public board in the area or below it. Answers
    503 while an alert waits to be published, or while all these boards show the safe page.
    """
    if not alert_publication.enabled(desk.config):
        return _refused(HTTPStatus.NOT_FOUND, _OFF if desk.config.server.public_url else _NO_ADDRESS)
    province, now = alert_publication.province(desk.db), desk.now()
    if slug not in province.tree or not province.boards_of((slug,)):
        return _refused(HTTPStatus.NOT_FOUND, _NO_AREA)
    if province.reach((slug,)) == "held":
        return _refused(HTTPStatus.SERVICE_UNAVAILABLE, _SAFE)
    if alert_publication.due(desk.db, now)[0]:
        return _refused(HTTPStatus.SERVICE_UNAVAILABLE, _LATE)
    newest = publications.newest(desk.db, since=now - ENDED_SHOWN)
    named = listed(newest, lambda area: province.tree.covers(area, slug), now)
    return _answer(atom(_head(slug, province), named, now), "application/atom+xml", FEED_AGE)


@pages.get("/alerts/<identifier>.cap")
@needs("public")
def document(identifier: str) -> Response:
    """The CAP document with this identifier (a UUID), exactly as it was stored; 404 if there is none."""
    enabled = alert_publication.enabled(desk.config)
    found = publications.document(desk.db, identifier) if enabled and is_identifier(identifier) else None
    if found is None:
        return _refused(HTTPStatus.NOT_FOUND, _NO_DOCUMENT)
    return _answer(found, CAP_TYPE, DOCUMENT_AGE)


def _head(slug: str, province: Province) -> FeedHead:
    return FeedHead(slug, province.tree.get(slug).name, alert_publication.base_of(desk.config), desk.zone())


def _answer(body: bytes, kind: str, age: str) -> Response:
    answer = Response(body, content_type=kind)
    answer.headers["Cache-Control"] = age
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.set_etag(sha256(body).hexdigest()[:32])
    return cast(Response, answer.make_conditional(request))


def _refused(status: HTTPStatus, sentence: object) -> Response:
    answer = Response(f"{sentence}\n", status, content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = RETRY_SECONDS
    return answer
