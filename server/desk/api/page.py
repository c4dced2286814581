"""The page ``/api/``, on which programmers read and try every operation of the API; registered by server.desk.app.

It is made from the OpenAPI document. The API key that a visitor types is kept only in the open page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Blueprint, current_app, render_template
from flask_babel import lazy_gettext

from server.desk.api.openapi import Document, document
from server.desk.web.rights import needs

pages = Blueprint("api_page", __name__, url_prefix="/api")

# Method and path -> what it does. A test compares them with the document.
TITLES: Mapping[tuple[str, str], object] = {
    ("get", "/areas"): lazy_gettext("Các đơn vị của khóa máy"),
    ("get", "/boards"): lazy_gettext("Các bảng tin của những đơn vị ấy"),
    ("get", "/boards/{board}"): lazy_gettext("Một bảng tin"),
    ("get", "/boards/{board}/lap"): lazy_gettext("Bảng tin đang chiếu gì, và vì sao"),
    ("post", "/boards/{board}/messages"): lazy_gettext("Hiện một lời nhắn ngắn trên một bảng tin trong ít phút"),
    ("delete", "/boards/{board}/messages/{id}"): lazy_gettext("Gỡ một lời nhắn của khóa máy trước giờ"),
    ("put", "/boards/{board}/serving"): lazy_gettext("Báo các quầy đang gọi số nào; bảng tin của sảnh hiện ngay"),
    ("delete", "/boards/{board}/serving"): lazy_gettext("Thôi hiện số thứ tự trên bảng tin"),
    ("get", "/screens"): lazy_gettext("Các màn hình, và mỗi màn hình liên lạc lần cuối lúc nào"),
    ("get", "/screens/{id}"): lazy_gettext("Một màn hình"),
    ("get", "/sources"): lazy_gettext("Các nguồn tin và tình trạng của chúng"),
    ("get", "/sources/{source}"): lazy_gettext("Một nguồn tin"),
    ("get", "/stories"): lazy_gettext("Các tin đã duyệt, mới nhất trước"),
    ("get", "/stories/{id}"): lazy_gettext("Một tin đã duyệt"),
    ("get", "/announcements"): lazy_gettext("Các thông báo, mới nhất trước"),
    ("get", "/announcements/{id}"): lazy_gettext("Một thông báo nay ra sao"),
    ("post", "/announcements"): lazy_gettext("Gửi một thông báo; nó chờ biên tập viên duyệt"),
    ("post", "/announcements/{id}/withdraw"): lazy_gettext("Gỡ một thông báo mà khóa máy đã gửi"),
    ("post", "/files"): lazy_gettext("Gửi một tệp cho thông báo"),
    ("get", "/files/{key}"): lazy_gettext("Tệp đã được kiểm tra chưa"),
    ("post", "/documents"): lazy_gettext("Chuyển một văn bản điện tử (edXML); nó thành bản nháp chờ biên tập viên"),
    ("get", "/notices"): lazy_gettext("Các tin khẩn đang phát, hoặc của khóa máy"),
    ("get", "/notices/{id}"): lazy_gettext("Một tin khẩn"),
    ("post", "/notices"): lazy_gettext("Đề nghị một tin khẩn, hoặc phát ngay"),
    ("post", "/notices/{id}/clear"): lazy_gettext("Gỡ một tin khẩn của khóa máy"),
    ("post", "/source-system/bulletins"): lazy_gettext("Gửi một bản tin của hệ thống thông tin nguồn"),
    ("get", "/source-system/bulletins"): lazy_gettext("Các bản tin của hệ thống thông tin nguồn, mới nhất trước"),
    ("get", "/source-system/bulletins/{number}"): lazy_gettext("Một bản tin nay ra sao"),
    ("post", "/source-system/bulletins/{number}/recall"): lazy_gettext("Thu hồi một bản tin; nó rời bảng ngay"),
    ("get", "/source-system/boards"): lazy_gettext("Danh mục bảng tin: nơi đặt, chủ sở hữu, cỡ, tình trạng"),
    ("get", "/source-system/status"): lazy_gettext("Bảng tin nào đang hoạt động, bảng nào mất liên lạc từ lúc nào"),
    ("get", "/source-system/plays"): lazy_gettext("Một bảng tin đã chiếu gì trong một thời gian"),
    ("get", "/source-system/airtime"): lazy_gettext("Thời lượng chiếu trong tháng theo chủ sở hữu"),
    ("get", "/source-system/files/{report}"): lazy_gettext("Một báo cáo dưới dạng CSV hoặc XLSX"),
    ("get", "/proof/{item}"): lazy_gettext("Bảng tin nào đã chiếu một mục, và lúc nào"),
}
_GROUPS: Mapping[str, object] = {
    "boards": lazy_gettext("Bảng tin"),
    "areas": lazy_gettext("Đơn vị"),
    "screens": lazy_gettext("Màn hình"),
    "announcements": lazy_gettext("Thông báo"),
    "files": lazy_gettext("Tệp"),
    "documents": lazy_gettext("Văn bản điện tử"),
    "notices": lazy_gettext("Tin khẩn"),
    "stories": lazy_gettext("Tin"),
    "sources": lazy_gettext("Nguồn tin"),
    "proof": lazy_gettext("Bằng chứng"),
    "source-system": lazy_gettext("Hệ thống thông tin nguồn"),
}
_PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the API as the page shows it. ``title`` says what it does, ``right`` is a right of core.policy.

    ``places`` are the names of the path parameters, ``options`` those of the query parameters. ``example`` is a JSON
    body that can be sent, "" if the operation takes no JSON. ``sends_file``: the body is a form with a file.
    """

    method: str
    path: str
    title: object
    right: str
    places: tuple[str, ...]
    options: tuple[str, ...]
    example: str
    sends_file: bool


@pages.get("/")
@needs("public")
def index() -> str:
    """The page with all operations, grouped by subject; no API key is needed."""
    every = list(operations(document(current_app)))
    groups = [
        (name, [one for one in every if one.path.split("/")[3] == group]) for group, name in _GROUPS.items()
    ]  # fmt: skip
    return render_template("api/page.html", groups=groups)


def operations(description: Document) -> Iterator[Operation]:
    """Yields the operations of the OpenAPI document ``description``, in the order of `TITLES`."""
    for (method, path), title in TITLES.items():
        one = description["paths"][_PREFIX + path][method]
        body = one.get("requestBody", {}).get("content", {})
        parameters = one.get("parameters", ())
        yield Operation(
            method,
            _PREFIX + path,
            title,
            one["x-right"],
            tuple(each["name"] for each in parameters if each["in"] == "path"),
            tuple(each["name"] for each in parameters if each["in"] == "query"),
            _example(body, description) if "application/json" in body else "",
            "multipart/form-data" in body,
        )


def _example(body: Document, description: Document) -> str:
    name = body["application/json"]["schema"]["$ref"].rpartition("/")[2]
    examples = description["components"]["schemas"][name].get("examples") or [{}]
    return json.dumps(examples[0], ensure_ascii=False, indent=2)
