"""Describes deliveries to a receiver, and why they failed, in words for the log's page; called by views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext, lazy_gettext

from server.desk.web.event_names import event_name
from server.store.notifications.webhooks_deliveries import Delivery

_WHY: Mapping[str, object] = {
    "gone": lazy_gettext("Nơi nhận trả lời rằng không nhận tin nữa."),
    "off": lazy_gettext("Nơi nhận bị dừng trước khi gửi được."),
    "timeout": lazy_gettext("Máy nhận không trả lời trong 20 giây."),
    "dns": lazy_gettext("Không tìm thấy máy nhận: tên máy sai, hoặc mạng đang lỗi."),
    "connect": lazy_gettext("Không nối được với máy nhận."),
    "tls": lazy_gettext("Chứng thư bảo mật của máy nhận không hợp lệ."),
    "private-address": lazy_gettext(
        "Địa chỉ này thuộc mạng nội bộ, nên không được gửi tới. Người quản trị máy chủ cho phép ở mục [fetch] "
        "allow_private của config.toml."
    ),
}
_OF_STATUS: Mapping[int, object] = {
    401: lazy_gettext("Máy nhận từ chối: hãy xem lại khóa ký ở máy nhận."),
    403: lazy_gettext("Máy nhận từ chối: hãy xem lại khóa ký ở máy nhận."),
    404: lazy_gettext("Ở máy nhận không có địa chỉ này: hãy sửa địa chỉ."),
    429: lazy_gettext("Máy nhận xin gửi chậm lại."),
}

_ATTEMPT = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class LogLine:
    """A delivery as a row of the log. ``event`` is its name; ``why``: why the last attempt failed, "" if none did.

    ``again`` is true if the delivery may be sent again.
    """

    delivery: Delivery
    event: str
    why: str
    again: bool


def log_line(one: Delivery, *, in_use: bool) -> LogLine:
    """Returns the row of a delivery; ``in_use`` is false if its webhook is switched off."""
    return LogLine(
        one, event_name(one.kind), _why(one), in_use and one.state in ("sent", "failed") and not one.obsolete
    )


def is_soon(one: Delivery, now: datetime) -> bool:
    """Whether an attempt is running or begins within seconds, so that the page should reload itself.

    An attempt that is long overdue does not count: then no worker runs.
    """
    return one.state == "waiting" and one.due is not None and -_ATTEMPT < now - one.due < 2 * _ATTEMPT


def _why(one: Delivery) -> str:
    if one.error != "http" or one.status is None:
        return str(_WHY.get(one.error, gettext("Máy nhận trả lời không đúng cách."))) if one.error else ""
    if one.status in _OF_STATUS:
        return str(_OF_STATUS[one.status])
    if 300 <= one.status < 400:
        return str(gettext("Máy nhận chỉ sang địa chỉ khác; Bảng Tin không đi theo. Hãy sửa địa chỉ."))
    return str(gettext("Máy nhận đang gặp lỗi.") if one.status >= 500 else gettext("Máy nhận không nhận tin này."))
