"""Edge cases of urgent and priority notices; read by tests and the design gallery."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from server.core.model import SYSTEM, Notice

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
ALERT = replace(
    URGENT,
    headline="Cảnh báo bão trên biển và đất liền ven bờ",
    acts=(
        "Không ra khơi.",
        "Tàu thuyền đang ở trong vùng nguy hiểm khẩn trương vào nơi trú gần nhất và giữ liên lạc với đất liền.",
        "Người dân ven biển chằng chống nhà cửa, cắt tỉa cành cây và chuẩn bị nước uống, thực phẩm cho ba ngày.",
        "Không đi qua ngầm tràn, cầu tạm và đoạn đường có nguy cơ sạt lở.",
        "Theo dõi bản tin tiếp theo.",
    ),
    risk=3,
    sender="Trung tâm Dự báo khí tượng thủy văn quốc gia",
    origin="khi-tuong/nchmf/2026-09-06-01",
    created_by=SYSTEM,
    language="vi",
)
ENGLISH = replace(
    ALERT,
    headline="Severe thunderstorm warning",
    acts=("Stay indoors.", "Keep away from trees, masts and open water.", "Do not cross flooded roads."),
    danger="Thunderstorm",
    risk=0,
    sender="Meteorological Service",
    language="en",
)
ALL_CLEAR = replace(
    ALERT,
    level="priority",
    headline="Đã hết hiệu lực: Cảnh báo bão trên biển và đất liền ven bờ",
    acts=(),
    danger="",
    risk=0,
    calm=True,
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
    "alert": ALERT,
    "alert-english": ENGLISH,
    "alert-drill": replace(ALERT, exercise=True),
    "alert-slide": replace(ENGLISH, level="normal"),
    "all-clear": ALL_CLEAR,
    "over": replace(URGENT, state="cleared"),
    **{f"risk-{risk}": replace(URGENT, risk=risk) for risk in (1, 2, 3, 5)},
}
