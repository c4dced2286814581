"""Edge cases of stories: shortest, longest, stacked diacritics; read by tests and the design gallery."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from server.core.model import Story

PICTURE = "00000000000000aa"
WHEN = datetime(2026, 11, 22, 1, 15, tzinfo=UTC)

USUAL = Story(
    id=1,
    source="tin-xa",
    identity="tin-1",
    title="Hoàn thành nạo vét 12 km kênh mương trước mùa mưa bão",
    summary="Toàn xã đã giải tỏa 34 điểm ách tắc dòng chảy. Ủy ban nhân dân xã đề nghị các hộ dân không đổ rác thải "
    "xuống kênh và báo ngay khi thấy sạt lở.",
    link="https://minhtan.hungyen.example.vn/tin/nao-vet-kenh-muong",
    published=WHEN,
    first_seen=WHEN,
    image=PICTURE,
    image_alt="Cánh đồng và dòng kênh",
)
WITHOUT_PICTURE = replace(USUAL, image=None)
WITHOUT_LINK = replace(USUAL, image=None, link="")
SHORTEST = replace(USUAL, title="Họp", summary="")
SHORTEST_BARE = replace(USUAL, title="Họp", summary="", image=None, link="")
TITLE_ONLY = replace(USUAL, title="Khai giảng năm học mới tại Trường Tiểu học Minh Tân", summary="", image=None)
MARKS = replace(
    USUAL,
    title="Ẫ Ể Ỗ Ữ ặ ệ ợ: NGHIỄN NGẪM VỀ NHỮNG TRẬN LŨ, ĐỂ CÙNG GIỮ ĐỒNG RUỘNG VÀ LỄ HỘI",
    summary="Ẫ Ể Ỗ Ữ đứng trên ặ ệ ợ. Nguyễn Thị Ngẫm kể chuyện những trận lũ lịch sử ở đồng bằng; hội thảo "
    "diễn ra ở Nhà văn hóa thôn Đoài, Xã Ỷ Lỗ, đến hết buổi chiều.",
)
LONGEST = replace(
    USUAL,
    title="Ủy ban nhân dân tỉnh ban hành Kế hoạch triển khai thực hiện Nghị quyết của Hội đồng nhân dân tỉnh về "
    "chính sách hỗ trợ phát triển sản xuất nông nghiệp ứng dụng công nghệ cao, nông nghiệp hữu cơ gắn với xây dựng "
    "nông thôn mới nâng cao giai đoạn 2026 - 2030 trên địa bàn các xã, phường của tỉnh",
    summary=" ".join([USUAL.summary, "Chi tiết xem tại trụ sở, trong giờ hành chính, các ngày làm việc."] * 4),
)
LONG_WORD = replace(
    USUAL,
    title="Cổng dịch vụ công: https://dichvucong.hungyen.gov.vn/thutuchanhchinh/capgiaychungnhanquyensudungdat/lan-dau",
    summary="Thưquảntrịhệthốngđiệntửcủaủybannhândântỉnhhưngyênvàcácxãphường gửi đến mọi người.",
    image=None,
)
TABLE = replace(
    USUAL,
    title="Lịch tiếp công dân định kỳ tháng 6 của Chủ tịch Ủy ban nhân dân xã",
    table=(
        ("Ngày", "Giờ", "Người tiếp", "Nơi tiếp"),
        ("15/06/2026", "8 giờ", "Chủ tịch Ủy ban nhân dân xã", "Phòng tiếp công dân"),
        ("30/06/2026", "8 giờ", "Chủ tịch Ủy ban nhân dân xã", "Phòng tiếp công dân"),
        ("Thứ Tư hằng tuần", "7 giờ 30", "Bí thư Đảng ủy", "Nhà văn hóa thôn Đông"),
        ("Thứ Sáu", "14 giờ", "Công chức tư pháp - hộ tịch", "Bộ phận một cửa"),
    ),
)
LONG_TABLE = replace(
    TABLE,
    title="Lịch xét xử của Tòa án nhân dân khu vực",
    table=(
        ("STT", "Vụ án", "Thời gian", "Phòng xử"),
        *(
            (
                str(n),
                f"Tranh chấp hợp đồng vay tài sản, nguyên đơn Nguyễn Văn {name}",
                f"{7 + n % 4} giờ 30",
                "Phòng số 2",
            )
            for n, name in enumerate(("An", "Bình", "Chiến", "Dũng", "Giang", "Hạnh", "Khoa", "Lẫm") * 3, start=1)
        ),
    ),
)
WIDE_TABLE = replace(
    TABLE,
    title="Kết quả thi tuyển",
    table=tuple(tuple(f"Nghiêng{row}{column}" for column in range(12)) for row in range(4)),
)

ITEMS = {
    "usual": USUAL,
    "without-picture": WITHOUT_PICTURE,
    "without-link": WITHOUT_LINK,
    "shortest": SHORTEST,
    "shortest-bare": SHORTEST_BARE,
    "title-only": TITLE_ONLY,
    "marks": MARKS,
    "longest": LONGEST,
    "longest-bare": replace(LONGEST, image=None),
    "long-word": LONG_WORD,
}
