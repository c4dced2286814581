"""Edge cases of link announcements; read by tests and the design gallery."""

from __future__ import annotations

from dataclasses import replace

from server.slides.kinds.announcement.fixture import LONG, SHORT

ADDRESS = "https://dichvucong.hungyen.example.vn/tiep-nhan/ho-so"
USUAL = replace(
    SHORT, kind="link", title="Nộp hồ sơ trực tuyến, không phải chờ", link=ADDRESS,
    text="Đăng ký khai sinh, xác nhận cư trú, cấp lại thẻ bảo hiểm y tế.",
)  # fmt: skip
SHORTEST = replace(USUAL, title="Góp ý", text="")
LONGEST = replace(LONG, kind="link", link=ADDRESS + "?" + "ma=0123456789&" * 12)

ITEMS = {"usual": USUAL, "shortest": SHORTEST, "longest": LONGEST}
