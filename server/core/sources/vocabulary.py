"""Vietnamese word lists for the comparison of stories; used by facts.py and similarity.py.

Kinds of places, surnames, provinces (before and after the mergers of 2025), and words without meaning for an event.
"""

from __future__ import annotations

import re

from server.core.sources.spelling import spell


def _set(text: str) -> frozenset[str]:
    return frozenset(spell(text).lower().split())


LEVELS = {
    "hamlet": "thôn|xóm|ấp|bản|buôn|làng|khu phố|tổ dân phố|khu dân cư|khu|khối|tổ|ngõ|ngách|cụm|sóc|phum",
    "commune": "xã|phường|thị trấn|đặc khu",
    "district": "huyện|quận|thị xã",
    "province": "tỉnh|thành phố|tp",
    "water": "sông|hồ|kênh|suối|đê|cống|đập|ngầm|bến|cảng|bãi|đầm|kè|vịnh",
    "road": "quốc lộ|tỉnh lộ|đường|phố|ngã tư|ngã ba|hầm|hầm chui|đèo|ga",
    "bridge": "cầu|cầu treo|cầu phao",
    "market": "chợ",
    "temple": "đền|chùa|đình|miếu|nhà thờ|lăng",
    "height": "núi|rừng|đồi|đảo",
    "school": "trường|tiểu học|thcs|thpt|mầm non|đại học|cao đẳng",
    "works": "khu công nghiệp|cụm công nghiệp|công ty|nhà máy|bệnh viện|hợp tác xã|quán karaoke",
}
"""Level -> terms for places of this level, separated by "|"; names of places are compared only within a level."""

_PROVINCES = (
    "Việt Nam| Hà Nội| Huế| Hải Phòng| Đà Nẵng| Cần Thơ| Cao Bằng| Lạng Sơn| Lai Châu| Điện Biên|"
    " Sơn La| Tuyên Quang| Lào Cai| Thái Nguyên| Phú Thọ| Bắc Ninh| Hưng Yên| Ninh Bình| Quảng Ninh|"
    " Thanh Hóa| Nghệ An| Hà Tĩnh| Quảng Trị| Quảng Ngãi| Gia Lai| Khánh Hòa| Đắk Lắk| Lâm Đồng|"
    " Đồng Nai| Tây Ninh| Vĩnh Long| Đồng Tháp| An Giang| Cà Mau| Hồ Chí Minh| Thái Bình| Hải Dương|"
    " Hà Nam| Nam Định| Vĩnh Phúc| Hòa Bình| Bắc Giang| Yên Bái| Hà Giang| Bắc Kạn| Quảng Bình|"
    " Quảng Nam| Bình Định| Phú Yên| Ninh Thuận| Bình Thuận| Kon Tum| Đắk Nông| Bình Phước|"
    " Bình Dương| Long An| Tiền Giang| Bến Tre| Trà Vinh| Hậu Giang| Sóc Trăng| Kiên Giang"
)
PROVINCES = frozenset(spell(name).lower() for name in _PROVINCES.split("|"))

SURNAMES = _set(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đào đinh mai trịnh hà lưu cao "
    "tạ lương thái châu tô quách phùng vương nông triệu lục mạc chu đoàn tống kiều la từ tăng đàm giáp "
    "bạch khổng lâm thạch"
)

HEADS = _set(
    "ông bà anh chị em cụ cháu cô chú bác thầy hội đoàn đội ban sở bộ cục chi trạm phòng tòa viện đảng "
    "kho quỹ đài quán tết lễ ngày sáng chiều tối đêm tin từ tại trong khi theo để do vì các những một hai "
    "ba lúc trên dưới giải gửi mời nhóm ủy nhà chủ phó bí tìm mất trường công"
)
"""Words with which titles, institutions and sentences begin; before a name they are not part of the name."""

EMPTY = _set(
    "và của cho các những một được bị đã đang sẽ là có ở tại trong trên dưới vào ra từ đến để do vì với "
    "về theo khi này đó nay vừa mới thêm còn cũng ngày tháng năm lúc giờ dân tin nhằm trước sau qua giữa "
    "khoảng gần hơn rất thì mà như bằng hay hoặc nhiều mỗi mọi tới sáng chiều tối thôn xã phường tỉnh "
    "ubnd cần phải nơi việc sự cuộc buổi đợt lần số toàn lại"
)
"""Words that say nothing about the event; two stories that differ only in these words can be the same."""

_EMPTY_PHRASES = (
    "thông báo|chính thức|diễn ra|tổ chức|người dân|nhân dân|bà con|kính mời|đề nghị|ủy ban nhân dân|tất cả|toàn thể|"
    "đến hết|tới hết|đưa vào sử dụng|cho biết"
)
EMPTY_PHRASES = re.compile(rf"(?<!\w)(?:{spell(_EMPTY_PHRASES)})(?!\w)")
"""Matches phrases that say nothing about the event, although their single words may do so elsewhere."""
KIND_SYLLABLES = _set("thị trấn huyện quận phố đường")
NEGATIONS = _set("không chưa đừng chớ hết ngừng dừng hủy hoãn bỏ cấm thôi miễn")
UNITS = {
    "mét": "m", "thước": "m", "ki": "km", "ha": "ha", "héc": "ha", "hecta": "ha", "phần": "%", "cân": "kg",
    "kí": "kg", "kilôgam": "kg", "đ": "đồng", "vnđ": "đồng", "khối": "m3", "°c": "độ", "tỉ": "tỷ",
}  # fmt: skip
"""Unit as written -> its standard spelling."""
