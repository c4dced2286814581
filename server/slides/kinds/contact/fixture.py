"""Edge cases of contact cards; read by tests and the design gallery."""

from __future__ import annotations

from dataclasses import replace

from server.core.model import Contact
from server.slides.kinds.announcement.fixture import SHORT

FULL = Contact(
    name="Bộ phận một cửa xã Minh Tân",
    role="Tiếp nhận và trả kết quả hồ sơ",
    phone="0221 3863 113",
    address="Nhà A, trụ sở Ủy ban nhân dân xã, thôn Đông",
    hours="7:30 đến 11:30, 13:30 đến 17:00, thứ Hai đến thứ Sáu",
    email="motcua@minhtan.example.vn",
)
USUAL = replace(SHORT, kind="contact", title="Đầu mối liên hệ", text="", contact=FULL)
BARE = replace(USUAL, contact=Contact("Trực ban phòng chống thiên tai", phone="0221 3863 114"))
LONGEST = replace(
    USUAL,
    contact=replace(
        FULL,
        name="Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân tỉnh Hưng Yên, Bộ phận một cửa phường Trần Lãm",
        address="Số 10, đường Chùa Chuông, phường Phố Hiến, tỉnh Hưng Yên, cạnh Nhà văn hóa trung tâm",
    ),
)

ITEMS = {"usual": USUAL, "bare": BARE, "longest": LONGEST}
