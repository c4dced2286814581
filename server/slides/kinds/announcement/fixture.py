"""Edge cases of text announcements; read by tests and the design gallery."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from server.core.model import Announcement, Window

SHORT = Announcement(
    id=1,
    area="xa-minh-tan",
    title="Tạm ngừng cấp nước",
    text="Từ 8 giờ đến 16 giờ ngày 24/11/2026 tại thôn Đông và thôn Đoài.",
    windows=(Window(datetime(2026, 11, 22, 0, 0, tzinfo=UTC), datetime(2026, 11, 24, 9, 0, tzinfo=UTC)),),
    created=datetime(2026, 11, 21, 3, 0, tzinfo=UTC),
    created_by="hoa",
)
ONE_WORD = replace(SHORT, title="Họp", text="")
LINKED = replace(SHORT, link="https://minhtan.hungyen.example.vn/thong-bao/nuoc")
LONG = replace(
    SHORT,
    title="Niêm yết công khai danh sách hộ gia đình được hỗ trợ xây dựng nhà ở",
    text="\n".join(
        (
            "Căn cứ kết quả họp dân, Ủy ban nhân dân xã niêm yết danh sách các hộ được hỗ trợ trong năm 2026.",
            "Người dân xem danh sách tại trụ sở Ủy ban nhân dân xã và nhà văn hóa các thôn; ý kiến gửi về bộ phận "
            "một cửa trước 17 giờ ngày 30/11/2026, hoặc gọi 0221 3863 113 để được hướng dẫn.",
            "Sau thời hạn trên, nếu không có ý kiến, danh sách được trình cấp có thẩm quyền quyết định.",
        )
    ),
)
TABLE = replace(
    SHORT,
    title="Lịch tiêm vắc-xin",
    text="",
    table=(("Thôn", "Ngày", "Giờ"), ("Đông", "24/11/2026", "8 giờ"), ("Đoài", "25/11/2026", "8 giờ")),
)
MARKDOWN = replace(
    SHORT,
    title="Lịch thu gom rác tuần này",
    text="Bà con **phân loại** rác trước khi mang ra điểm tập kết.\n\n## Thôn Đông\n"
    "- Thứ Hai và thứ Năm, **6 giờ sáng**\n"
    "- Điểm tập kết: cổng nhà văn hóa\n\n## Thôn Đoài\n1. Thứ Ba, 6 giờ sáng\n2. Thứ Sáu, **17 giờ**, tại chợ Đoài",
)

ITEMS = {"short": SHORT, "one-word": ONE_WORD, "linked": LINKED, "long": LONG, "markdown": MARKDOWN}
