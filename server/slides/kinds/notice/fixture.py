"""Edge cases of notices of both levels; read by tests and the design gallery."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from server.core.model import Notice

URGENT = Notice(
    id=1,
    level="urgent",
    headline="Sơ tán khỏi vùng ngoài đê trước 17 giờ hôm nay",
    areas=("xa-minh-tan",),
    issued=datetime(2026, 9, 6, 6, 40, tzinfo=UTC),
    until=datetime(2026, 9, 6, 22, 30, tzinfo=UTC),
    acts=(
        "Tàu thuyền về nơi trú, neo buộc chắc chắn; không ở lại trên tàu.",
        "Các hộ thôn Đông, thôn Đoài đến nhà văn hóa hoặc trường tiểu học.",
        "Cần giúp đỡ: gọi 114 hoặc trực ban xã 0221 000 000.",
    ),
    danger="Bão",
    risk=4,
    sender="Ban Chỉ huy phòng thủ dân sự tỉnh",
)
SHORT = replace(URGENT, headline="Vỡ đê", acts=(), danger="", risk=0)
ONE_ACT = replace(URGENT, headline="Cháy lớn tại chợ Đông", acts=("Tránh xa khu vực chợ.",), danger="Cháy", risk=0)
LONG = replace(
    URGENT,
    headline="Hồ chứa xả lũ khẩn cấp với lưu lượng lớn từ 14 giờ hôm nay, mực nước hạ du lên rất nhanh và có thể "
    "gây ngập sâu các khu vực ven sông",
    acts=tuple(
        f"{act} Không quay lại nhà khi chưa có thông báo của Ủy ban nhân dân xã và lực lượng chức năng tại chỗ."
        for act in URGENT.acts
    ),
    danger="Xả lũ hồ chứa thủy lợi và ngập lụt hạ du",
)
EXERCISE = replace(URGENT, exercise=True)
PRIORITY = replace(
    URGENT,
    level="priority",
    headline="Mưa rất to đêm nay và sáng mai, đề phòng ngập úng vùng trũng",
    acts=("Khơi thông cống rãnh quanh nhà.", "Không đi qua ngầm tràn khi nước chảy xiết."),
    danger="Mưa lớn",
    risk=2,
)

ITEMS = {
    "urgent": URGENT,
    "urgent-short": SHORT,
    "urgent-one-act": ONE_ACT,
    "urgent-long": LONG,
    "exercise": EXERCISE,
    "priority": PRIORITY,
    "priority-short": replace(PRIORITY, headline="Cắt điện toàn xã", acts=(), danger="", risk=0),
    "priority-long": replace(LONG, level="priority"),
    "over": replace(URGENT, state="cleared"),
    **{f"risk-{risk}": replace(URGENT, risk=risk) for risk in (1, 2, 3, 5)},
}
