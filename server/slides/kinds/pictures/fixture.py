"""Picture announcements with several proportions; read by tests and the design gallery."""

from __future__ import annotations

from dataclasses import replace

from server.core.model import Attachment
from server.slides.kinds.announcement.fixture import LONG, SHORT

WIDE = Attachment("p1600x1067", "Bà con thôn Đông nạo vét kênh cấp ba trước vụ xuân", 1600, 1067)
POSTER = Attachment("p1000x1414", "Áp phích tuyên truyền phòng cháy, chữa cháy", 1000, 1414)
BANNER = Attachment("p2400x800", "", 2400, 800)
WORST = (
    "NGHIÊNG NGẪM VỀ NHỮNG TRẬN LŨ, ĐỂ CÙNG GIỮ ĐỒNG RUỘNG; Ẫ Ể Ỗ Ữ đứng trên ặ ệ ợ, hội thảo diễn ra ở Nhà văn hóa "
    "thôn Đoài, xã Ỷ Lỗ, đến hết buổi chiều"
)
USUAL = replace(
    SHORT, kind="pictures", title="Ngày hội đại đoàn kết thôn Đông", text="", attachments=(WIDE, POSTER, BANNER)
)
LONGEST = replace(LONG, kind="pictures", text="", attachments=(replace(WIDE, alt=WORST), replace(POSTER, alt=WORST)))

ITEMS = {"usual": USUAL, "longest": LONGEST}
