"""Vietnamese labels of fixed values in the audit log, such as states, kinds and modes; used by audit_text."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

from server.desk.announcements.composer_fields import KINDS
from server.desk.announcements.wording import PHASE_LABELS
from server.desk.boards.form import LANGUAGE_NAMES, LAYOUTS, SERVING, THEMES
from server.desk.notices.form import THREATS
from server.desk.web.alarm_names import CHANNEL_NAMES, KIND_NAMES, WEEKDAYS
from server.desk.web.alert_wording import LEVEL_NAMES
from server.desk.web.area_kinds import KIND_LABELS
from server.desk.web.event_names import EVENT_NAMES
from server.desk.web.owner_names import OWNER_NAMES
from server.desk.web.right_names import KEY_RIGHTS
from server.store.duty.roster import WEEKDAYS as STORED_WEEKDAYS

_STATES: Mapping[str, object] = {
    **{str(phase): label for phase, label in PHASE_LABELS.items()},
    "approved": lazy_gettext("Đã duyệt"),
    # urgent notices
    "drafted": lazy_gettext("Đang đề nghị"),
    "live": lazy_gettext("Đang phát"),
    "corrected": lazy_gettext("Đã được đính chính"),
    "cleared": lazy_gettext("Đã gỡ"),
    "expired": lazy_gettext("Đã hết hạn"),
    # stories
    "held": lazy_gettext("Chờ duyệt"),
}
_SOURCES: Mapping[str, object] = {
    "feed": lazy_gettext("RSS, Atom"),
    "page": lazy_gettext("Trang web"),
    "cap": lazy_gettext("Cảnh báo CAP"),
    "mail": lazy_gettext("Hộp thư"),
    "server": lazy_gettext("Máy chủ Bảng Tin khác"),
}
_TYPES: Mapping[str, object] = {
    "image/webp": lazy_gettext("Ảnh"),
    "image/jpeg": lazy_gettext("Ảnh"),
    "image/png": lazy_gettext("Ảnh"),
    "video/mp4": lazy_gettext("Phim"),
    "video/webm": lazy_gettext("Phim"),
}
_ALARMS: Mapping[str, object] = {str(kind): name for kind, name in KIND_NAMES.items()}
VALUES: Mapping[str, Mapping[str, object]] = {
    "state": {**_STATES, "unreadable": lazy_gettext("Không đọc được")},
    "kind": {**KINDS, **_SOURCES, **_ALARMS, **{kind: label for kind, label in KIND_LABELS.items() if kind}},
    "board.owner": OWNER_NAMES,  # the owner of an area is a text
    "duty_channel.kind": {str(kind): name for kind, name in CHANNEL_NAMES.items()},  # "mail" is a kind of source, too
    "weekdays": {day: WEEKDAYS[number] for number, day in enumerate(STORED_WEEKDAYS)},
    "level": LEVEL_NAMES,
    "mode": {
        "on": lazy_gettext("Chiếu"),
        "dark": lazy_gettext("Tắt tối"),
        "safe": lazy_gettext("Màn hình an toàn"),
    },
    "layout": LAYOUTS,
    "trust": {
        "auto": lazy_gettext("lên bảng ngay"),
        "hold": lazy_gettext("chờ biên tập viên duyệt, cả khi được sửa"),
    },
    "alerts": {
        "live": lazy_gettext("lên bảng ngay"),
        "draft": lazy_gettext("chờ biên tập viên duyệt"),
        "none": lazy_gettext("chỉ lưu, không chiếu"),
    },
    "index": {
        "newest": lazy_gettext("chỉ nêu cảnh báo mới"),
        "complete": lazy_gettext("luôn nêu đủ cảnh báo còn hiệu lực"),
    },
    "serving": SERVING,
    "theme": THEMES,
    "rights": KEY_RIGHTS,
    "events": {str(kind): name for kind, name in EVENT_NAMES.items()},
    "type": _TYPES,
    "language": LANGUAGE_NAMES,
    "languages": LANGUAGE_NAMES,
    "threat": THREATS,
}
"""Name of a field -> its stored value -> label. Values without a label are shown unchanged.

"duty_channel.kind" is the field ``kind`` of a channel only; it has precedence over the field of any kind of object.
"""
