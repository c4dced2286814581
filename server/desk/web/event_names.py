"""The Vietnamese names of the events that webhooks report; called by desk.webhooks and records."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

from server.core.webhook_events import EVENTS, EventKind
from server.store.notifications.webhooks_deliveries import TEST

EVENT_NAMES: Mapping[EventKind, object] = {
    "announcement.approved": lazy_gettext("Thông báo được duyệt"),
    "announcement.on_air": lazy_gettext("Thông báo lên bảng lần đầu"),
    "announcement.ended": lazy_gettext("Thông báo hết hạn hoặc bị gỡ"),
    "story.approved": lazy_gettext("Tin từ nguồn được duyệt"),
    "story.on_air": lazy_gettext("Tin từ nguồn lên bảng lần đầu"),
    "story.ended": lazy_gettext("Tin từ nguồn bị gỡ"),
    "notice.sent": lazy_gettext("Tin khẩn được phát"),
    "notice.confirmed": lazy_gettext("Tin khẩn được người thứ hai xác nhận"),
    "notice.cleared": lazy_gettext("Tin khẩn bị gỡ hoặc hết hạn"),
    "screen.dark": lazy_gettext("Màn hình mất liên lạc"),
    "screen.back": lazy_gettext("Màn hình nối lại"),
    "source.silent": lazy_gettext("Nguồn tin im lặng"),
    "source.back": lazy_gettext("Nguồn tin có tin trở lại"),
    "alarm.begun": lazy_gettext("Có báo động"),
    "alarm.ended": lazy_gettext("Báo động đã hết"),
}

_SUBJECTS: Mapping[str, object] = {
    "announcement": lazy_gettext("Thông báo của đơn vị"),
    "story": lazy_gettext("Tin lấy từ các nguồn"),
    "notice": lazy_gettext("Tin khẩn"),
    "screen": lazy_gettext("Màn hình"),
    "source": lazy_gettext("Nguồn tin"),
    "alarm": lazy_gettext("Báo động"),
}
_STEPS: Mapping[EventKind, object] = {
    "announcement.approved": lazy_gettext("Được duyệt"),
    "announcement.on_air": lazy_gettext("Lên bảng lần đầu"),
    "announcement.ended": lazy_gettext("Hết hạn hoặc bị gỡ"),
    "story.approved": lazy_gettext("Được duyệt"),
    "story.on_air": lazy_gettext("Lên bảng lần đầu"),
    "story.ended": lazy_gettext("Bị gỡ"),
    "notice.sent": lazy_gettext("Được phát"),
    "notice.confirmed": lazy_gettext("Được người thứ hai xác nhận"),
    "notice.cleared": lazy_gettext("Bị gỡ hoặc hết hạn"),
    "screen.dark": lazy_gettext("Mất liên lạc"),
    "screen.back": lazy_gettext("Nối lại được"),
    "source.silent": lazy_gettext("Im lặng quá lâu"),
    "source.back": lazy_gettext("Có tin trở lại"),
    "alarm.begun": lazy_gettext("Có báo động"),
    "alarm.ended": lazy_gettext("Báo động đã hết"),
}


def event_groups() -> list[tuple[str, dict[str, str]]]:
    """Returns the events by what they are about: (name of the subject, {kind: what happens to it})."""
    return [
        (str(name), {kind: str(_STEPS[kind]) for kind in EVENTS if kind.startswith(f"{subject}.")})
        for subject, name in _SUBJECTS.items()
    ]


def event_name(kind: str) -> str:
    """Returns the name of an event, or of a test, the delivery by which a keeper tries a receiver."""
    names: Mapping[str, object] = {
        TEST: lazy_gettext("Gửi thử"),
        **{str(one): name for one, name in EVENT_NAMES.items()},
    }
    return str(names.get(kind, kind))
