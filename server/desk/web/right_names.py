"""The Vietnamese names of the rights that a key of another program may have; called by desk.api and records."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

KEY_RIGHTS: Mapping[str, object] = {
    "board.view": lazy_gettext("Xem bảng tin và đơn vị"),
    "screen.view": lazy_gettext("Xem tình trạng màn hình"),
    "source.view": lazy_gettext("Xem nguồn tin và tin đã duyệt"),
    "report.view": lazy_gettext("Xem bằng chứng đã phát"),
    "announcement.write": lazy_gettext("Gửi thông báo chờ duyệt"),
    "media.write": lazy_gettext("Gửi tệp cho thông báo"),
    "notice.propose": lazy_gettext("Đề nghị tin khẩn, chờ biên tập viên phát"),
    "notice.push": lazy_gettext("Phát tin khẩn ngay, không chờ biên tập viên"),
    "notice.clear": lazy_gettext("Gỡ tin khẩn mà chính khóa này đã phát"),
    "board.message": lazy_gettext("Hiện lời nhắn ngắn trên các bảng tin được chọn, không chờ duyệt"),
    "board.serving": lazy_gettext("Hiện số thứ tự các quầy đang gọi trên các bảng tin được chọn, không chờ duyệt"),
    "bulletin.send": lazy_gettext("Gửi bản tin của hệ thống thông tin nguồn"),
    "bulletin.air": lazy_gettext(
        "Bản tin ưu tiên, khẩn cấp của hệ thống thông tin nguồn lên bảng ngay, không chờ duyệt"
    ),
    "document.write": lazy_gettext("Chuyển văn bản điện tử: thành bản nháp, hoặc thu hồi bản đã niêm yết"),
}
