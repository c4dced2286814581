"""Prepared texts for urgent notices, one set for each hazard; called by the desk's notice form.

One press fills the form, so that an editor under pressure need not write; every text can be changed before it is
sent. ``{area}`` stands for the name of the place (urgent.js replaces it). Natural hazards and their risk levels are
those of Decision 18/2021/QĐ-TTg; other hazards have no levels.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hazard:
    """A hazard and its prepared texts.

    ``headline`` is short enough for boards that are seen from far away. ``acts`` are at most three instructions, the
    most important first. ``hours`` is the proposed duration in hours. ``risks`` are the risk levels of the hazard by
    Decision 18/2021/QĐ-TTg.
    """

    slug: str
    name: str
    headline: str
    acts: tuple[str, ...]
    hours: int
    risks: tuple[int, ...] = ()


_STORM = (3, 4, 5)

HAZARDS: tuple[Hazard, ...] = (
    Hazard(
        "bao",
        "Bão",
        "Bão đổ bộ vào {area}: ở yên trong nhà",
        (
            "Không ra đường; ở nhà kiên cố, tránh xa cửa kính",
            "Ngắt cầu dao khi nước vào nhà",
            "Gọi 114 khi cần cứu nạn",
        ),
        hours=12,
        risks=_STORM,
    ),
    Hazard(
        "lu",
        "Lũ",
        "Lũ lên nhanh ở {area}: vào trong đê ngay",
        (
            "Rời bãi bồi, vùng ngoài đê; đưa người già, trẻ em đi trước",
            "Không lội qua dòng nước chảy xiết",
            "Gọi 114 khi cần cứu nạn",
        ),
        hours=12,
        risks=(1, 2, 3, 4, 5),
    ),
    Hazard(
        "ngap-lut",
        "Ngập lụt",
        "Ngập sâu ở {area}: không đi vào",
        ("Chuyển đồ đạc và thuốc men lên cao", "Ngắt cầu dao khi nước vào nhà", "Đi theo đường đã được hướng dẫn"),
        hours=12,
        risks=(1, 2, 3, 4, 5),
    ),
    Hazard(
        "vo-de",
        "Sự cố đê điều",
        "Đê ở {area} gặp sự cố: đến nơi cao ngay",
        (
            "Đi bộ theo hướng dẫn của lực lượng xung kích",
            "Mang giấy tờ, thuốc, nước uống",
            "Gọi 114 khi có người mắc kẹt",
        ),
        hours=12,
    ),
    Hazard(
        "lu-quet-sat-lo",
        "Lũ quét, sạt lở đất",
        "Sạt lở, lũ quét ở {area}: rời sườn dốc",
        ("Rời ven suối, đến nơi cao và chắc chắn", "Không qua ngầm, cầu tạm", "Báo cho hàng xóm cùng đi"),
        hours=6,
        risks=(1, 2, 3),
    ),
    Hazard(
        "mua-lon",
        "Mưa lớn",
        "Mưa rất lớn ở {area}: hạn chế ra đường",
        ("Khơi thông cống rãnh quanh nhà", "Tránh trú dưới cây to, cột điện", "Theo dõi tin lũ và ngập"),
        hours=12,
        risks=(1, 2, 3, 4),
    ),
    Hazard(
        "dong-loc",
        "Dông, lốc, sét, mưa đá",
        "Dông lốc đến {area}: vào nhà ngay",
        ("Rời đồng ruộng, sông nước", "Không đứng dưới cây to, biển quảng cáo", "Rút điện các thiết bị"),
        hours=3,
        risks=(1, 2),
    ),
    Hazard(
        "nuoc-dang",
        "Nước dâng, triều cường",
        "Nước biển dâng ở {area}: rời bãi biển",
        (
            "Rời vùng trũng ven biển; đưa tàu thuyền vào nơi tránh trú",
            "Chuyển người già, trẻ em vào trong đê biển",
            "Gọi 114 khi cần cứu nạn",
        ),
        hours=12,
        risks=(2, 3, 4, 5),
    ),
    Hazard(
        "gio-bien",
        "Gió mạnh trên biển",
        "Sóng lớn ngoài khơi {area}: không ra khơi",
        ("Gọi tàu thuyền về bờ", "Neo đậu chắc chắn, không ở lại trên tàu", "Gọi đồn biên phòng khi cần trợ giúp"),
        hours=24,
        risks=(2, 3, 4),
    ),
    Hazard(
        "nang-nong",
        "Nắng nóng",
        "Nắng nóng ở {area}: tránh ra nắng",
        (
            "Từ 10 đến 16 giờ ở trong nhà; uống đủ nước",
            "Trông chừng người già, trẻ nhỏ",
            "Chóng mặt, sốt cao: gọi 115",
        ),
        hours=24,
        risks=(1, 2, 3, 4),
    ),
    Hazard(
        "ret-hai",
        "Rét hại, sương muối",
        "Rét hại ở {area}: giữ ấm người, vật nuôi",
        ("Không sưởi bằng than trong phòng kín", "Che chắn chuồng trại, mạ non", "Trông chừng người già, trẻ nhỏ"),
        hours=24,
        risks=(1, 2, 3),
    ),
    Hazard(
        "xam-nhap-man",
        "Hạn hán, xâm nhập mặn",
        "Nước mặn ở {area}: chưa lấy nước",
        ("Chưa lấy nước vào đồng; đóng cống, chờ thông báo", "Trữ nước ngọt để ăn uống", "Đo độ mặn trước khi tưới"),
        hours=48,
        risks=(1, 2, 3, 4),
    ),
    Hazard(
        "dong-dat",
        "Động đất, sóng thần",
        "Động đất ở {area}: ra nơi trống trải",
        ("Tránh xa nhà cao; trong nhà: chui xuống gầm bàn", "Ven biển: chạy lên cao ngay", "Không dùng thang máy"),
        hours=6,
        risks=(1, 2, 3, 4, 5),
    ),
    Hazard(
        "chay",
        "Cháy, nổ",
        "Cháy lớn ở {area}: tránh xa ngay",
        ("Gọi 114, nói rõ địa chỉ", "Nhường đường cho xe chữa cháy", "Có khói: cúi thấp, bịt khăn ướt"),
        hours=3,
        risks=(1, 2, 3, 4, 5),
    ),
    Hazard(
        "hoa-chat",
        "Sự cố hóa chất, khí độc",
        "Khí độc ở {area}: vào nhà, đóng kín cửa",
        ("Bịt khăn ướt, đi ngược hướng gió", "Không dùng lửa, không bật tắt điện", "Khó thở: gọi 115"),
        hours=3,
    ),
    Hazard(
        "dich-benh",
        "Dịch bệnh",
        "Có dịch bệnh ở {area}: đeo khẩu trang",
        (
            "Làm theo hướng dẫn của trạm y tế; rửa tay thường xuyên",
            "Sốt, ho, phát ban: gọi trạm y tế",
            "Hạn chế tụ tập đông người",
        ),
        hours=48,
    ),
    Hazard(
        "nuoc-sach",
        "Nước sinh hoạt không an toàn",
        "Không uống nước máy ở {area}",
        (
            "Chờ thông báo mới; dùng nước đóng chai hoặc nước được cấp",
            "Đun sôi không đủ an toàn",
            "Nơi phát nước: hỏi Ủy ban nhân dân xã",
        ),
        hours=24,
    ),
    Hazard("khac", "Việc khẩn khác", "", (), hours=6),
)
BY_SLUG = {hazard.slug: hazard for hazard in HAZARDS}
