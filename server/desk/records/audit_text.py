"""How acts, things and changes of the audit are said; called by the audit page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext

from server.desk.records.audit_values import VALUES
from server.desk.web.layout import role_name
from server.store.audit.audit import AuditRecord

ACTS: Mapping[str, Any] = {
    "announcement.post": lazy_gettext("Đăng thông báo"),
    "announcement.draft": lazy_gettext("Lưu bản nháp thông báo"),
    "announcement.edit": lazy_gettext("Sửa thông báo"),
    "announcement.submit": lazy_gettext("Gửi duyệt thông báo"),
    "announcement.return": lazy_gettext("Trả lại thông báo"),
    "announcement.approve": lazy_gettext("Duyệt thông báo"),
    "announcement.approve_own": lazy_gettext("Tự duyệt thông báo mình soạn"),
    "announcement.recall": lazy_gettext("Rút thông báo về sửa"),
    "announcement.requeue": lazy_gettext("Đưa thông báo về chờ duyệt"),
    "announcement.reinstate": lazy_gettext("Chiếu lại thông báo"),
    "announcement.restore": lazy_gettext("Lấy lại thông báo đã bỏ"),
    "announcement.withdraw": lazy_gettext("Rút thông báo"),
    "announcement.renew": lazy_gettext("Tính lại ngày lặp"),
    "announcement.reorder": lazy_gettext("Đổi thứ tự thông báo"),
    "announcement.replace": lazy_gettext("Thay thông báo"),
    "area.panic": lazy_gettext("Bật màn hình an toàn"),
    "area.calm": lazy_gettext("Tắt màn hình an toàn"),
    "board.mode": lazy_gettext("Đổi chế độ bảng tin"),
    "board.remove": lazy_gettext("Bỏ bảng tin"),
    "board.save": lazy_gettext("Lưu bảng tin"),
    "media.describe": lazy_gettext("Ghi chú ảnh"),
    "media.remove": lazy_gettext("Bỏ ảnh"),
    "notice.clear": lazy_gettext("Gỡ tin khẩn"),
    "notice.confirm": lazy_gettext("Xác nhận tin khẩn"),
    "notice.correct": lazy_gettext("Đính chính tin khẩn"),
    "notice.discard": lazy_gettext("Bỏ đề nghị tin khẩn"),
    "notice.draft": lazy_gettext("Đề nghị tin khẩn"),
    "notice.expire": lazy_gettext("Tin khẩn hết hạn"),
    "notice.extend": lazy_gettext("Gia hạn tin khẩn"),
    "notice.post": lazy_gettext("Phát tin khẩn"),
    "notice.revise": lazy_gettext("Sửa đề nghị tin khẩn"),
    "notice.sign": lazy_gettext("Ký tin khẩn"),
    "person.add": lazy_gettext("Thêm người dùng"),
    "person.link": lazy_gettext("Tạo liên kết mời"),
    "person.grant": lazy_gettext("Giao quyền"),
    "person.revoke": lazy_gettext("Thu lại quyền"),
    "person.suspend": lazy_gettext("Khóa tài khoản"),
    "person.open": lazy_gettext("Mở lại tài khoản"),
    "person.password": lazy_gettext("Đổi mật khẩu"),
    "person.second_factor": lazy_gettext("Đổi mã xác nhận"),
    "person.forget_factors": lazy_gettext("Bỏ bước thứ hai"),
    "person.recovery_codes": lazy_gettext("Tạo mã dự phòng"),
    "person.recovery_code_used": lazy_gettext("Dùng mã dự phòng"),
    "person.passkey_add": lazy_gettext("Thêm khóa truy cập"),
    "person.passkey_remove": lazy_gettext("Xóa khóa truy cập"),
    "person.reset_ask": lazy_gettext("Đề nghị đặt lại lối vào"),
    "person.reset_cancel": lazy_gettext("Hủy đặt lại lối vào"),
    "person.reset": lazy_gettext("Đặt lại lối vào"),
    "screen.edit": lazy_gettext("Sửa màn hình"),
    "screen.join": lazy_gettext("Màn hình nhận khóa"),
    "screen.move": lazy_gettext("Chuyển màn hình"),
    "screen.pair": lazy_gettext("Ghép màn hình"),
    "screen.replace": lazy_gettext("Thay màn hình"),
    "screen.revoke": lazy_gettext("Thu hồi màn hình"),
    "source.remove": lazy_gettext("Bỏ nguồn tin"),
    "source.save": lazy_gettext("Lưu nguồn tin"),
    "story.approve": lazy_gettext("Duyệt tin"),
    "story.withdraw": lazy_gettext("Rút tin"),
    "token.make": lazy_gettext("Tạo khóa máy"),
    "token.revoke": lazy_gettext("Thu hồi khóa máy"),
}
KINDS: Mapping[str, Any] = {
    "announcement": lazy_gettext("Thông báo"),
    "notice": lazy_gettext("Tin khẩn"),
    "story": lazy_gettext("Tin"),
    "person": lazy_gettext("Người dùng"),
    "screen": lazy_gettext("Màn hình"),
    "board": lazy_gettext("Bảng tin"),
    "source": lazy_gettext("Nguồn tin"),
    "area": lazy_gettext("Đơn vị"),
    "media": lazy_gettext("Ảnh và tệp"),
    "token": lazy_gettext("Khóa máy"),
}
FIELDS: Mapping[str, Any] = {
    "title": lazy_gettext("Tiêu đề"),
    "headline": lazy_gettext("Nội dung"),
    "text": lazy_gettext("Nội dung"),
    "summary": lazy_gettext("Tóm tắt"),
    "state": lazy_gettext("Trạng thái"),
    "area": lazy_gettext("Đơn vị"),
    "areas": lazy_gettext("Đơn vị"),
    "acts": lazy_gettext("Việc cần làm"),
    "until": lazy_gettext("Đến"),
    "windows": lazy_gettext("Thời gian"),
    "name": lazy_gettext("Tên"),
    "email": lazy_gettext("Thư điện tử"),
    "grants": lazy_gettext("Quyền"),
    "active": lazy_gettext("Đang dùng"),
    "mode": lazy_gettext("Chế độ"),
    "board": lazy_gettext("Bảng tin"),
    "boards": lazy_gettext("Bảng tin"),
    "level": lazy_gettext("Mức"),
    "reason": lazy_gettext("Lý do"),
    "url": lazy_gettext("Địa chỉ"),
    "trust": lazy_gettext("Độ tin cậy"),
    "link": lazy_gettext("Liên kết"),
    "passkey": lazy_gettext("Khóa truy cập"),
    "username": lazy_gettext("Tên đăng nhập"),
    "kind": lazy_gettext("Loại"),
    "attachments": lazy_gettext("Tệp kèm"),
    "contact": lazy_gettext("Liên hệ"),
    "recurrence": lazy_gettext("Lặp lại"),
    "priority": lazy_gettext("Ưu tiên"),
    "version": lazy_gettext("Bản"),
    "position": lazy_gettext("Thứ tự"),
    "created": lazy_gettext("Tạo lúc"),
    "created_by": lazy_gettext("Người tạo"),
    "edited": lazy_gettext("Sửa lúc"),
    "edited_by": lazy_gettext("Người sửa"),
    "decided_by": lazy_gettext("Người duyệt"),
    "issued": lazy_gettext("Ban hành"),
    "danger": lazy_gettext("Loại thiên tai, sự cố"),
    "risk": lazy_gettext("Cấp rủi ro"),
    "sender": lazy_gettext("Ai ban hành"),
    "exercise": lazy_gettext("Diễn tập"),
    "source": lazy_gettext("Nguồn tin"),
    "table": lazy_gettext("Bảng"),
    "image": lazy_gettext("Ảnh"),
    "rights": lazy_gettext("Quyền"),
    "slug": lazy_gettext("Tên ngắn"),
    "public": lazy_gettext("Ai cũng xem được"),
    "theme": lazy_gettext("Màu"),
    "format": lazy_gettext("Chiều và cỡ chữ"),
    "lanes": lazy_gettext("Luồng"),
    "point": lazy_gettext("Tọa độ"),
    "hours": lazy_gettext("Giờ bật"),
    "side": lazy_gettext("Cột bên: những tin sắp phát"),
    "ticker": lazy_gettext("Dòng chữ chạy phía dưới"),
    "zone": lazy_gettext("Múi giờ"),
    "language": lazy_gettext("Ngôn ngữ"),
    "upper_share": lazy_gettext("Phần của cấp trên"),
    "diagonal": lazy_gettext("Đường chéo (inch)"),
    "distance": lazy_gettext("Khoảng cách xem (mét)"),
    "days": lazy_gettext("Màu theo ngày"),
    "regions": lazy_gettext("Các vùng của màn hình"),
    "label": lazy_gettext("Chữ đầu tin"),
    "every": lazy_gettext("Bao lâu đọc một lần (giây)"),
    "adaptive": lazy_gettext("Đọc theo nhịp của nguồn"),
    "alerts": lazy_gettext("Cảnh báo"),
    "user_agent": lazy_gettext("Tên xưng với cổng thông tin"),
    "ca_bundle": lazy_gettext("Tệp chứng chỉ"),
    "full_text": lazy_gettext("Đọc cả trang tin"),
    "page": lazy_gettext("Cách đọc trang"),
    "published": lazy_gettext("Đăng lúc"),
    "image_alt": lazy_gettext("Lời tả ảnh"),
    "longest_gap": lazy_gettext("Cách nhau nhiều nhất (giây)"),
    "sound": lazy_gettext("Có tiếng"),
    "template": lazy_gettext("Là mẫu"),
    "replaces": lazy_gettext("Thay cho số"),
    "signed_by": lazy_gettext("Người ký"),
    "signed_at": lazy_gettext("Ký lúc"),
    "confirmed_by": lazy_gettext("Người xác nhận"),
    "broke_glass": lazy_gettext("Phát một mình"),
    "ended": lazy_gettext("Kết thúc lúc"),
    "type": lazy_gettext("Loại tệp"),
    "seconds": lazy_gettext("Số giây"),
    "paired_by": lazy_gettext("Người ghép"),
    "paired": lazy_gettext("Ghép lúc"),
    "revoked": lazy_gettext("Thu hồi lúc"),
    "replaced_by": lazy_gettext("Được thay bằng màn hình số"),
    "notes": lazy_gettext("Ghi chú"),
    "phone": lazy_gettext("Điện thoại"),
    "handed_until": lazy_gettext("Nhường cho cuộc họp đến"),
}
# What only the program understands: kept in the audit and in its CSV, not told on the page.
MACHINERY = {"id", "changed", "slot", "key_hash", "hash", "identity", "first_seen", "also", "width", "height"}
_LONGEST = 300


def act_name(act: str) -> str:
    """What was done; a word that nobody has put into Vietnamese stands as it is."""
    return str(ACTS.get(act, act))


def subject_name(subject: str) -> str:
    """What it was done to: "Tin khẩn 7"."""
    kind, _, name = subject.partition("/")
    return f"{KINDS.get(kind, kind)} {name}".strip()


def differences(act: AuditRecord, zone: ZoneInfo) -> list[tuple[str, str, str]]:
    """Name, before and after of each field that the act changed; of what is new or gone, all that says something."""
    before, after = act.before or {}, act.after or {}
    names = [name for name in (*after, *(one for one in before if one not in after)) if name not in MACHINERY]
    return [
        (str(FIELDS.get(name, name)), said(before.get(name), zone, name), said(after.get(name), zone, name))
        for name in names
        if before.get(name) != after.get(name) and not (_nothing(before.get(name)) and _nothing(after.get(name)))
    ]


def _nothing(value: Any) -> bool:
    return value in (None, "", [], {}, False, 0)


def said(value: Any, zone: ZoneInfo, name: str = "") -> str:
    """A value of the audit as one reads it; ``name`` is the field's, whose words may be the program's own."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return str(gettext("có") if value else gettext("không"))
    if isinstance(value, list):
        return ", ".join(said(one, zone, name) for one in value)[:_LONGEST]
    if isinstance(value, dict) and set(value) == {"role", "area"}:
        return f"{role_name(value['role'])} · {value['area']}"
    if isinstance(value, dict):
        return " · ".join(_part(key, one, zone) for key, one in value.items() if not _nothing(one))[:_LONGEST]
    if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-" and value[10:11] == "T":
        return _moment(value, zone)
    text = str(VALUES.get(name, {}).get(value, value)) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _part(name: str, value: Any, zone: ZoneInfo) -> str:
    """One field of a whole that has several: a flag by its name, since "có" alone says nothing."""
    return str(FIELDS.get(name, name)) if value is True else said(value, zone, name)


def _moment(value: str, zone: ZoneInfo) -> str:
    try:
        return datetime.fromisoformat(value).astimezone(zone).strftime("%H:%M %d/%m/%Y")
    except ValueError:
        return value
