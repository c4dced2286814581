"""The sentences of errors that the API itself detects, in both languages; used by server.desk.api and api.v1.

Errors that server.store and server.core detect are worded there and translated by server.desk.web.refusals.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.desk.web.error_pages import Language, request_language

_WORDS: Mapping[str, Mapping[Language, str]] = {
    "idempotency key wrong": {
        "vi": "Idempotency-Key: từ 1 đến 200 chữ cái, chữ số hoặc dấu, không có dấu cách",
        "en": "Idempotency-Key: 1 to 200 letters, digits or signs, without spaces",
    },
    "idempotency key running": {
        "vi": "Yêu cầu trước với Idempotency-Key này còn đang chạy: hãy đợi rồi gửi lại",
        "en": "The request before with this Idempotency-Key is still running: wait, then send it again",
    },
    "idempotency key used": {
        "vi": "Idempotency-Key này đã dùng cho một nội dung khác",
        "en": "This Idempotency-Key was used for another body",
    },
    "no board": {
        "vi": "Không có bảng tin nào ở các đơn vị đã nêu: tin không được gửi",
        "en": "There is no board in these areas: the notice was not sent",
    },
    "not its own": {
        "vi": "Khóa máy chỉ gỡ được điều chính nó đã gửi",
        "en": "A key can only take back what it has sent itself",
    },
    "not ready": {
        "vi": "Tệp {key} chưa kiểm tra xong: hãy hỏi lại GET /api/v1/files/{key} rồi gửi sau",
        "en": "The file {key} has not been checked yet: ask GET /api/v1/files/{key}, then send this",
    },
    "refused file": {"vi": "Tệp {key} không dùng được: {reason}", "en": "The file {key} cannot be used: {reason}"},
    "unknown file": {"vi": "Không có tệp {key}", "en": "There is no file {key}"},
    "mixed files": {
        "vi": "Chỉ gửi cùng nhau các ảnh, hoặc một tệp PDF, một bảng, một video",
        "en": "Send pictures together, or one PDF file, one table, one video",
    },
    "too large": {"vi": "Tệp lớn quá {most} MB.", "en": "The file is larger than {most} MB."},
    "disk full": {
        "vi": "Máy chủ không ghi được tệp, có lẽ đã hết chỗ. Hãy báo người quản trị.",
        "en": "The server cannot write the file; perhaps there is no room. Tell the administrator.",
    },
    "too far": {"vi": "Chỉ tính trước được 10 ngày", "en": "Only ten days ahead can be computed"},
    "too early": {
        "vi": "Thời điểm này ở trước vòng chiếu hiện tại",
        "en": "This time is before the present lap",
    },
    "too many messages": {
        "vi": "Bảng tin này đang hiện {most} lời nhắn: hãy đợi lời nhắn cũ hết giờ",
        "en": "This board shows {most} messages already: wait until an older one has ended",
    },
    "safe board": {
        "vi": "Bảng tin đang ở trang an toàn, nên lời nhắn không hiện được",
        "en": "The board shows the safe page, so the message cannot be seen",
    },
    "serving off": {
        "vi": "Bảng tin này chưa bật bảng số thứ tự: hãy bật ở trang cài đặt của bảng tin",
        "en": "This board does not show numbers: switch that on in its settings at the desk",
    },
    "board missing": {"vi": "board: hãy nêu một bảng tin", "en": "board: name a board"},
    "end too late": {"vi": "Thời hạn phải trong vòng 14 ngày", "en": "The end must be within 14 days"},
    "end passed": {"vi": "Thời hạn của tin đã qua", "en": "The end of the notice has passed"},
}


def say(name: str, **values: object) -> str:
    """Returns the sentence called ``name`` in the caller's language, with ``values`` inserted in its placeholders.

    Raises KeyError if there is no such sentence.
    """
    return _WORDS[name][request_language()].format_map(values)
