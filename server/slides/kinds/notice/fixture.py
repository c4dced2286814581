"""Edge cases of urgent and priority notices; read by tests and the design gallery."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from server.core.model import SYSTEM, Attachment, Notice

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
# With all that a source may send: a description, an address, pictures.
DETAILED = replace(
    ALERT,
    level="priority",
    headline="Cảnh báo mưa lớn diện rộng ở đồng bằng Bắc Bộ",
    acts=ALERT.acts[1:4],
    danger="Mưa lớn",
    description="Từ đêm nay đến hết ngày 08/9, khu vực có mưa to đến rất to, lượng mưa phổ biến 100 đến 200 mm, có "
    "nơi trên 300 mm. Cảnh báo mưa cường suất trên 80 mm trong 3 giờ.\n"
    "Mực nước các sông lên nhanh, đỉnh lũ ở mức báo động 1 đến báo động 2. Vùng trũng thấp, khu đô thị và đường giao "
    "thông có thể ngập sâu 30 đến 60 cm, có nơi trên 80 cm. Nguy cơ sạt lở bờ sông, bờ kênh ở nhiều xã ven đê.\n"
    "Cấp độ rủi ro thiên tai do mưa lớn, ngập lụt: cấp 2. Bản tin tiếp theo phát lúc 16 giờ 30.",
    link="https://nchmf.gov.vn/kttv/vi-VN/1/ban-tin-canh-bao-mua-lon-post12345.html",
)
MAPPED = replace(DETAILED, pictures=(Attachment("p1000x1414", "Bản đồ lượng mưa", 1000, 1414),))
PICTURES = (*MAPPED.pictures, Attachment("p1600x900", "Ảnh mây vệ tinh", 1600, 900))

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
    "alert-code": replace(ALERT, acts=ALERT.acts[:2], link=DETAILED.link),
    "alert-details": DETAILED,
    "alert-without-code": replace(DETAILED, link="", description=f"{DETAILED.description}\n" * 6),
    "alert-map": MAPPED,
    "alert-map-drill": replace(MAPPED, exercise=True),
    "alert-pictures": replace(DETAILED, description="", pictures=PICTURES),
    "alert-link": replace(DETAILED, level="normal", description="", acts=DETAILED.acts * 2),
    "all-clear": ALL_CLEAR,
    "over": replace(URGENT, state="cleared"),
    **{f"risk-{risk}": replace(URGENT, risk=risk) for risk in (1, 2, 3, 5)},
}
