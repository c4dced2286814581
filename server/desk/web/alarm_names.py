"""The Vietnamese names of alarms, channels and weekdays; called by desk.duty, desk.records and bell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext

from server.core.duty.alarms import Kind
from server.core.duty.plan import ChannelKind

KIND_NAMES: Mapping[Kind, object] = {
    "screen_dark": lazy_gettext("Mất liên lạc với màn hình"),
    "notice_unconfirmed": lazy_gettext("Tin khẩn chưa hiện trên đủ màn hình"),
    "source_silent": lazy_gettext("Nguồn tin im lặng"),
    "alerts_silent": lazy_gettext("Nguồn cảnh báo không có dữ liệu"),
    "disk": lazy_gettext("Đĩa chứa dữ liệu sắp đầy"),
    "backup": lazy_gettext("Quá lâu chưa có bản sao lưu"),
    "certificate": lazy_gettext("Chứng thư TLS cần được thay"),
    "clock": lazy_gettext("Đồng hồ máy chủ chạy sai"),
}
CHANNEL_NAMES: Mapping[ChannelKind, object] = {
    "telegram": lazy_gettext("Telegram"),
    "zalo": lazy_gettext("Zalo OA"),
    "mail": lazy_gettext("Thư điện tử"),
}
WEEKDAYS: Sequence[object] = (
    lazy_gettext("Thứ Hai"),
    lazy_gettext("Thứ Ba"),
    lazy_gettext("Thứ Tư"),
    lazy_gettext("Thứ Năm"),
    lazy_gettext("Thứ Sáu"),
    lazy_gettext("Thứ Bảy"),
    lazy_gettext("Chủ nhật"),
)
PLACES: Mapping[int, object] = {
    1: lazy_gettext("Trực chính"),
    2: lazy_gettext("Dự phòng"),
    3: lazy_gettext("Dự phòng thứ hai"),
    4: lazy_gettext("Dự phòng thứ ba"),
}
