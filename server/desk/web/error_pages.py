"""Makes the answers to errors: pages for people, problem details for programs of the API; added by server.desk.app.

An error page must work when everything else fails: it reads no store, no session and no catalogue of translations,
and extends no template. Its sentences are in this module, in both languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import structlog
from flask import Flask, Response, g, has_request_context, request
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from server.desk.web.problems import problem
from server.desk.web.refusals import said
from server.store.database.decoding import UnreadableRow
from server.store.database.errors import StoreBusy, StoreCorrupt, StoreError, StoreRefusal

log = structlog.get_logger("desk")

Language = Literal["vi", "en"]
_READING = ("GET", "HEAD", "OPTIONS")
_OF_THE_DESK = ("/desk", "/glass")
WAIT_SECONDS = 5
"""The value of the header Retry-After of an answer 503, in seconds."""
_API_MESSAGES: dict[Language, dict[int, str]] = {
    "vi": {
        401: "Cần khóa máy còn hiệu lực: Authorization: Bearer KHÓA",
        403: "Khóa máy không có quyền này ở đơn vị ấy",
        404: "Không có",
        400: "Yêu cầu không đúng dạng",
        405: "Địa chỉ này không nhận phương thức ấy",
        413: "Nội dung gửi lên quá lớn",
        415: "Nội dung gửi lên không phải kiểu dữ liệu mà địa chỉ này nhận",
        429: "Quá nhiều yêu cầu; hãy đợi một phút rồi thử lại",
    },
    "en": {
        401: "A valid key is needed: Authorization: Bearer KEY",
        403: "The key does not have this right in that area",
        404: "Not found",
        400: "The request is malformed",
        405: "This address does not take that method",
        413: "What was sent is too large",
        415: "What was sent is not of the type that this address takes",
        429: "Too many requests; wait a minute and try again",
    },
}


@dataclass(frozen=True, slots=True)
class Words:
    """The heading and the text of an error page, in one language."""

    heading: str
    text: str


_SIGN_IN_ELSEWHERE = {"vi": "Đăng nhập ở thẻ khác", "en": "Sign in on another tab"}
_BACK = {"vi": "Về bàn biên tập", "en": "Back to the desk"}
_TO_BOARDS = {"vi": "Các bảng tin", "en": "All boards"}
_STALE_FORM: dict[Language, Words] = {
    "vi": Words(
        "Trang này đã mở quá lâu",
        "Phiên làm việc đã thay đổi từ khi trang được mở. Hãy mở lại trang này ở thẻ khác, chép nội dung sang "
        "rồi gửi lại.",
    ),
    "en": Words(
        "This page has been open for too long",
        "The session has changed since the page was opened. Open this page again on another tab, copy your text "
        "there and send it.",
    ),
}
_BY_CODE: dict[int, dict[Language, Words]] = {
    401: {
        "vi": Words(
            "Phiên đăng nhập đã hết",
            "Hãy đăng nhập ở một thẻ khác rồi gửi lại trang này; nội dung bạn đã nhập vẫn còn nguyên.",
        ),
        "en": Words(
            "Your sign-in has ended",
            "Sign in on another tab and send this page again; what you typed is still there.",
        ),
    },
    403: {
        "vi": Words(
            "Bạn không có quyền làm việc này",
            "Quyền được giao theo đơn vị. Nếu đây là việc của bạn, hãy nhờ người quản trị của đơn vị.",
        ),
        "en": Words(
            "You do not have the right to do this",
            "Rights are given by area. If this is your work, ask the administrator of the area.",
        ),
    },
    404: {
        "vi": Words("Không có trang này", "Có thể nó đã được gỡ hoặc địa chỉ gõ nhầm."),
        "en": Words("There is no such page", "It may have been removed, or the address was mistyped."),
    },
    413: {
        "vi": Words("Tệp quá lớn", "Hãy chọn tệp nhỏ hơn, hoặc giảm chất lượng trước khi gửi."),
        "en": Words("The file is too large", "Choose a smaller file, or lower its quality first."),
    },
    429: {
        "vi": Words("Quá nhiều lần thử", "Hãy đợi một phút rồi thử lại."),
        "en": Words("Too many attempts", "Wait a minute and try again."),
    },
}
_OTHER: dict[Language, Words] = {
    "vi": Words("Không làm được điều này", "Máy chủ trả lời: {code}. Chưa có gì thay đổi."),
    "en": Words("This cannot be done", "The server answered: {code}. Nothing has changed."),
}
_OVERLOADED: dict[Language, Words] = {
    "vi": Words("Đang có quá nhiều người đăng nhập", "Xin thử lại sau vài giây."),
    "en": Words("Too many people are signing in at the moment", "Please try again in a few seconds."),
}
_BUSY: dict[Language, str] = {"vi": "Cơ sở dữ liệu đang bận.", "en": "The database is busy."}
_AWAY: dict[Language, str] = {
    "vi": "Không dùng được cơ sở dữ liệu. Hãy báo người quản trị nếu vài phút nữa vẫn vậy.",
    "en": "The database cannot be used. Tell the administrator if this lasts for minutes.",
}
_DAMAGED: dict[Language, str] = {
    "vi": "Cơ sở dữ liệu bị hỏng, cần khôi phục từ bản sao lưu. Hãy báo ngay người quản trị.",
    "en": "The database is damaged and must be restored from a backup. Tell the administrator at once.",
}
_NOT_SAVED: dict[Language, Words] = {
    "vi": Words("Chưa lưu được", "{reason}. Chưa có gì thay đổi; hãy quay lại và gửi lần nữa."),
    "en": Words("Not saved", "{reason}. Nothing has changed; go back and send again."),
}
_UNREADABLE: dict[Language, Words] = {
    "vi": Words(
        "Mục này không đọc được",
        "{reason}. Mọi thứ khác vẫn chạy. Hãy báo cho người quản trị: lệnh run.py doctor nêu tên từng mục hỏng.",
    ),
    "en": Words(
        "This item cannot be read",
        "{reason}. Everything else goes on. Tell the administrator: run.py doctor names every damaged item.",
    ),
}
_REFUSED: dict[Language, Words] = {
    "vi": Words("Không làm được điều này", "{reason}. Chưa có gì thay đổi."),
    "en": Words("This cannot be done", "{reason}. Nothing has changed."),
}
_NOT_READ: dict[Language, Words] = {
    "vi": Words("Tạm thời không mở được trang này", "{reason}. Các bảng tin vẫn chiếu."),
    "en": Words("This page cannot be opened at the moment", "{reason}. The boards go on."),
}
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{heading} · Bảng Tin</title>
  <link rel="stylesheet" href="{style}">
</head>
<body class="door">
  <div class="page"><main id="main">
    <h1>{heading}</h1>
    <p>{text}</p>
    {link}<p><a href="{home}">{back}</a></p>
  </main></div>
</body>
</html>
"""


class ErrorPages:
    """Makes the error pages; ``style`` is the address of their style sheet."""

    def __init__(self, style: str) -> None:
        self._style = style

    def answer(self, code: int, words: dict[Language, Words], reason: str = "") -> Response:
        """Returns a response with the status ``code`` in the user's language.

        It is a page, or problem details for a path below /api/. ``reason`` is a sentence that replaces "{reason}" in
        the text of ``words``; its full stop is optional.
        """
        language = request_language()
        found = words[language]
        text = found.text.format(code=code, reason=reason.removesuffix("."))
        if request.path.startswith("/api/"):
            return problem(code, reason or _API_MESSAGES[language].get(code, f"{found.heading}: {text}"))
        page = self._page(code, language, found.heading, text)
        return Response(page, code, content_type="text/html; charset=utf-8")

    def overloaded(self, language: str) -> bytes:
        """Returns the encoded page of a 503, which asks the user to try again in a few seconds, in "vi" or "en"."""
        chosen: Language = "en" if language == "en" else "vi"
        return self._page(503, chosen, _OVERLOADED[chosen].heading, _OVERLOADED[chosen].text).encode()

    def _page(self, code: int, language: Language, heading: str, text: str) -> str:
        link = ""
        if code == 401:
            named = _SIGN_IN_ELSEWHERE[language]
            link = f'<p><a class="button" href="/desk/login" target="_blank">{named}</a></p>\n    '
        public = has_request_context() and not request.path.startswith(_OF_THE_DESK)
        return _PAGE.format(
            language=language, heading=escape(heading), text=escape(text), style=self._style, link=link,
            back=(_TO_BOARDS if public else _BACK)[language], home="/" if public else "/desk/",
        )  # fmt: skip


def api_message(code: int) -> str:
    """Returns the sentence of an error of the API with this status, in the caller's language.

    Raises KeyError for a status without a sentence.
    """
    return _API_MESSAGES[request_language()][code]


def request_language() -> Language:
    """Returns the language for an error page: the user's, else the cookie's, else the browser's, else Vietnamese."""
    person = g.get("person")
    wanted = (person.language if person else "") or request.cookies.get("language", "")
    wanted = wanted or request.accept_languages.best_match(["vi", "en"]) or "vi"
    return "en" if wanted == "en" else "vi"


def add_error_pages(app: Flask, pages: ErrorPages, *, overloaded: type[Exception]) -> None:
    """Registers handlers for CSRF errors (400), other HTTP errors (their own code) and errors of the store.

    A refusal of the store (StoreRefusal) is answered by 409, or by 404 if a stored row cannot be read; a view that
    can say more catches it itself. Any other StoreError is answered by 503. ``overloaded`` is the exception raised
    when too many people sign in at once; it is answered by 503, too. Answers 503 and 429 carry the header
    Retry-After.
    """

    @app.errorhandler(CSRFError)
    def csrf(_: CSRFError) -> Response:
        return pages.answer(400, _STALE_FORM)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response | HTTPException:
        if error.code is None or error.code < 400:
            return error
        made = pages.answer(error.code, _BY_CODE.get(error.code, _OTHER))
        if error.code == 429:
            made.headers["Retry-After"] = "60"
        return made

    @app.errorhandler(StoreRefusal)
    def refusal(error: StoreRefusal) -> Response:
        if isinstance(error, UnreadableRow):
            return pages.answer(404, _UNREADABLE, reason=said(error, request_language()))
        return pages.answer(409, _REFUSED, reason=said(error, request_language()))

    @app.errorhandler(StoreError)
    def store(error: StoreError) -> Response:
        log.error("store unwell", path=request.path, error=str(error))
        language = request_language()
        reason = _BUSY if isinstance(error, StoreBusy) else _DAMAGED if isinstance(error, StoreCorrupt) else _AWAY
        words = _NOT_READ if request.method in _READING else _NOT_SAVED
        return _later(pages.answer(503, words, reason=reason[language]))

    @app.errorhandler(overloaded)
    def overload(_: Exception) -> Response:
        return _later(pages.answer(503, _OVERLOADED))


def _later(answer: Response) -> Response:
    answer.headers["Retry-After"] = str(WAIT_SECONDS)
    return answer
