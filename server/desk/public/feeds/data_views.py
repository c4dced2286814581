"""Views of open data at /data/: three tables as CSV and JSON, and a page about them; registered by desk.app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_babel import force_locale, lazy_gettext

from server.content.public_feeds.kept_files import MOST_BYTES, Made
from server.desk.public.feeds import open_data
from server.desk.public.feeds.answers import answer
from server.desk.public.feeds.open_data import OpenTable, TableName
from server.desk.public.feeds.scopes import base_address, everything
from server.desk.web.context import desk
from server.desk.web.i18n import LANGUAGES, language
from server.desk.web.rights import needs
from server.store.screens import receipts, screens

pages = Blueprint("public_data", __name__, template_folder="templates")
PAGE_AGE = "public, max-age=300"


@dataclass(frozen=True, slots=True)
class _Description:
    """How the page describes a table; ``columns`` maps each column's name to an explanation."""

    title: object
    text: object
    columns: Mapping[str, object]


_ID = lazy_gettext("mã không đổi của tin")
_BOARDS = lazy_gettext("tên ngắn của các bảng tin đang đăng")
_URL = lazy_gettext("trang của tin trên máy chủ này")
_AREA = lazy_gettext("tên ngắn của đơn vị")
_ISSUER = lazy_gettext("cơ quan phát hành")
_TITLE = lazy_gettext("tiêu đề")
_UNTIL = lazy_gettext("khi nào hết đăng; trống nếu chưa định")
TABLES: Mapping[TableName, _Description] = {
    "items": _Description(
        lazy_gettext("Tin đang đăng"),
        lazy_gettext("Mọi tin mà các bảng tin công khai đang chiếu, mới nhất trước."),
        {
            "id": _ID,
            "kind": lazy_gettext("announcement: thông báo; story: tin đọc từ cổng thông tin; notice: tin khẩn"),
            "label": lazy_gettext("loại tin, bằng chữ"),
            "title": _TITLE,
            "issuer": _ISSUER,
            "area": _AREA,
            "published": lazy_gettext("đăng từ lúc nào"),
            "updated": lazy_gettext("sửa lần cuối lúc nào"),
            "until": _UNTIL,
            "url": _URL,
            "original": lazy_gettext("địa chỉ bản gốc, nếu có"),
            "boards": _BOARDS,
            "summary": lazy_gettext("đoạn đầu của nội dung"),
        },
    ),
    "postings": _Description(
        lazy_gettext("Niêm yết"),
        lazy_gettext("Các văn bản đang niêm yết theo luật trên những bảng tin công khai."),
        {
            "id": _ID,
            "title": _TITLE,
            "issuer": _ISSUER,
            "area": _AREA,
            "since": lazy_gettext("niêm yết từ lúc nào"),
            "until": _UNTIL,
            "every_minutes": lazy_gettext("chậm nhất bao nhiêu phút phải chiếu lại một lần"),
            "url": _URL,
            "boards": _BOARDS,
        },
    ),
    "screens": _Description(
        lazy_gettext("Màn hình"),
        lazy_gettext("Mỗi bảng tin công khai có bao nhiêu màn hình, bao nhiêu màn hình đang hoạt động."),
        {
            "board": lazy_gettext("tên ngắn của bảng tin"),
            "name": lazy_gettext("tên bảng tin"),
            "area": _AREA,
            "screens": lazy_gettext("số màn hình"),
            "alive": lazy_gettext("số màn hình đang hoạt động"),
            "at": lazy_gettext("lúc đếm"),
        },
    ),
}


@pages.get("/data/")
@needs("public")
def index() -> Response:
    chosen = request.args.get("lang", "")
    words = chosen if chosen in LANGUAGES else language(desk)
    with force_locale(words):
        page = render_template(
            "feeds/data.html", tables=TABLES, licence=desk.config.public.data_licence, language=lambda: words
        )
    response = make_response(page)
    response.headers["Cache-Control"] = PAGE_AGE
    response.headers["Vary"] = "Cookie"
    return response


@pages.get("/data/<name>.csv")
@needs("public")
def csv(name: str) -> Response:
    table_name = _named(name)

    def make() -> Made:
        table, changes = _table(table_name)
        return Made(open_data.as_csv(table, MOST_BYTES), "text/csv; charset=utf-8", changes)

    response = answer(f"{base_address()}/data/{name}.csv", make)
    response.headers["Content-Disposition"] = f'inline; filename="{name}.csv"'
    return response


@pages.get("/data/<name>.json")
@needs("public")
def json(name: str) -> Response:
    table_name = _named(name)

    def make() -> Made:
        table, changes = _table(table_name)
        body = open_data.as_json(table, desk.config.public.data_licence, MOST_BYTES)
        return Made(body, "application/json; charset=utf-8", changes)

    return answer(f"{base_address()}/data/{name}.json", make)


def _named(name: str) -> TableName:
    """Returns ``name`` if a table has this name; answers 404 for any other."""
    found = next((one for one in TABLES if one == name), None)
    if found is None:
        abort(404)
    return found


def _table(name: TableName) -> tuple[OpenTable, datetime | None]:
    """Returns a table, and when the passing of time alone will next change it (None: never)."""
    scope = everything()
    head = scope.head()
    if name == "screens":
        paired = screens.all(desk.db, [board.slug for board in scope.boards])
        links = receipts.links(desk.db, [screen.id for screen in paired])
        return open_data.screens(scope.boards, scope.province.tree, paired, links, head), None
    found = scope.items()
    make = open_data.items if name == "items" else open_data.postings
    return make(found.items, head), found.changes
