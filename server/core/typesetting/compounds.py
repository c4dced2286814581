"""Vietnamese compound words of warnings, whose syllables must stay on one line; used by names.py."""

from __future__ import annotations

_WORDS = (
    "đổ bộ|sơ tán|di dời|sạt lở|sụt lún|lũ quét|lũ ống|ngập lụt|ngập úng|ngập sâu|xả lũ|vỡ đê|tràn đê|nước dâng|"
    "triều cường|mưa đá|mưa lớn|dông lốc|gió giật|sóng lớn|động đất|sóng thần|nắng nóng|rét hại|rét đậm|"
    "sương muối|hạn hán|xâm nhập mặn|cháy nổ|cháy rừng|hóa chất|khí độc|rò rỉ|dịch bệnh|dịch tả|sốt xuất huyết|"
    "khẩn cấp|nguy hiểm|nguy cơ|bất thường|thiên tai|bão số|áp thấp|nhiệt đới|hôm nay|ngày mai|đêm nay|sáng mai|"
    "chiều nay|tối nay|trưa nay|ngay lập tức|ra đường|ra khơi|ra khỏi|rời khỏi|tránh xa|ở lại|trở về|quay lại|"
    "tàu thuyền|tàu cá|thuyền viên|neo đậu|trú ẩn|tránh trú|chằng chống|nhà cửa|nhà ở|nhà văn hóa|nhà dân|"
    "trường học|trạm y tế|bệnh viện|bãi bồi|bãi biển|bãi ngoài|ngoài đê|trong đê|ven sông|ven biển|ven suối|"
    "vùng trũng|vùng thấp|vùng ngập|hạ du|hạ lưu|thượng nguồn|hồ chứa|mực nước|báo động|sườn dốc|lên nhanh|"
    "lên cao|xuống thấp|người dân|nhân dân|người già|trẻ em|phụ nữ|học sinh|nghỉ học|nghỉ làm|công nhân|"
    "chính quyền|ủy ban|công an|quân đội|biên phòng|xung kích|cứu nạn|cứu hộ|cứu thương|hướng dẫn|thông báo|"
    "điện thoại|đường dây nóng|cầu dao|nước sạch|nước uống|nước máy|giao thông|cấm đường|cấm biển|phong tỏa|"
    "cách ly|khẩu trang|tiêm chủng|tụ tập|an toàn|đề phòng|phòng tránh|chủ động|theo dõi|tuyệt đối|dự kiến|"
    "dân sự|phòng thủ|khu vực|địa bàn|toàn tỉnh|toàn xã|ở yên|trong nhà|ngoài đường"
)
COMPOUNDS: tuple[str, ...] = tuple(_WORDS.split("|"))
