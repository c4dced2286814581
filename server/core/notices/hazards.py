"""Prepared texts for urgent notices, one set for each hazard; called by the desk's notice form.

An editor in a storm should not have to find the words: one press fills the form, and every text may be changed
before it is sent. ``{area}`` stands for the name of the place (urgent.js puts it in). Natural hazards and their risk
levels are those of Decision 18/2021/QĐ-TTg; other hazards have no levels.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hazard:
    """A hazard and its prepared texts.

    ``acts`` are at most three instructions, the most important first. ``hours`` is the proposed duration. ``risks``
    are the risk levels that the decision knows for it.
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
        "Bão đang đổ bộ vào {area}: ở trong nhà, không ra đường",
        ("Ở trong nhà kiên cố, tránh xa cửa kính", "Ngắt cầu dao khi nước vào nhà", "Gọi 114 khi cần cứu nạn"),
        hours=12,
        risks=_STORM,
    ),
    Hazard(
        "lu",
        "Lũ",
        "Lũ lên nhanh ở {area}: rời bãi bồi và vùng ngoài đê ngay",
        ("Đưa người già, trẻ em vào trong đê", "Không lội qua dòng nước chảy xiết", "Gọi 114 khi cần cứu nạn"),
        hours=12,
        risks=(1, 2, 3, 4, 5),
    ),
    Hazard(
        "ngap-lut",
        "Ngập lụt",
        "Ngập sâu ở {area}: không đi vào vùng ngập",
        ("Chuyển đồ đạc và thuốc men lên cao", "Ngắt cầu dao khi nước vào nhà", "Đi theo đường đã được hướng dẫn"),
        hours=12,
        risks=(1, 2, 3, 4, 5),
    ),
    Hazard(
        "vo-de",
        "Sự cố đê điều",
        "Đê ở {area} đang có sự cố: sơ tán ngay đến nơi cao",
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
        "Nguy cơ lũ quét, sạt lở đất ở {area}: rời sườn dốc, ven suối ngay",
        ("Đến nơi cao và chắc chắn", "Không qua ngầm, cầu tạm", "Báo cho hàng xóm cùng đi"),
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
        "Dông lốc đang đến {area}: vào nhà ngay",
        ("Rời đồng ruộng, sông nước", "Không đứng dưới cây to, biển quảng cáo", "Rút điện các thiết bị"),
        hours=3,
        risks=(1, 2),
    ),
    Hazard(
        "nuoc-dang",
        "Nước dâng, triều cường",
        "Nước biển dâng ở {area}: rời bãi biển và vùng trũng ven biển",
        ("Đưa tàu thuyền vào nơi tránh trú", "Chuyển người già, trẻ em vào trong đê biển", "Gọi 114 khi cần cứu nạn"),
        hours=12,
        risks=(2, 3, 4, 5),
    ),
    Hazard(
        "gio-bien",
        "Gió mạnh trên biển",
        "Gió mạnh, sóng lớn ngoài khơi {area}: tàu thuyền không ra khơi",
        ("Gọi tàu thuyền về bờ", "Neo đậu chắc chắn, không ở lại trên tàu", "Gọi đồn biên phòng khi cần trợ giúp"),
        hours=24,
        risks=(2, 3, 4),
    ),
    Hazard(
        "nang-nong",
        "Nắng nóng",
        "Nắng nóng gay gắt ở {area}: tránh ra nắng từ 10 đến 16 giờ",
        ("Uống đủ nước, che kín khi ra ngoài", "Trông chừng người già, trẻ nhỏ", "Chóng mặt, sốt cao: gọi 115"),
        hours=24,
        risks=(1, 2, 3, 4),
    ),
    Hazard(
        "ret-hai",
        "Rét hại, sương muối",
        "Rét hại ở {area}: giữ ấm cho người và vật nuôi",
        ("Không sưởi bằng than trong phòng kín", "Che chắn chuồng trại, mạ non", "Trông chừng người già, trẻ nhỏ"),
        hours=24,
        risks=(1, 2, 3),
    ),
    Hazard(
        "xam-nhap-man",
        "Hạn hán, xâm nhập mặn",
        "Nước mặn lấn sâu ở {area}: chưa lấy nước vào đồng",
        ("Đóng cống, chờ thông báo lấy nước", "Trữ nước ngọt để ăn uống", "Đo độ mặn trước khi tưới"),
        hours=48,
        risks=(1, 2, 3, 4),
    ),
    Hazard(
        "dong-dat",
        "Động đất, sóng thần",
        "Động đất ở {area}: ra nơi trống trải, tránh xa nhà cao",
        ("Trong nhà: chui xuống gầm bàn, giữ chặt", "Ven biển: chạy lên cao ngay", "Không dùng thang máy"),
        hours=6,
        risks=(1, 2, 3, 4, 5),
    ),
    Hazard(
        "chay",
        "Cháy, nổ",
        "Cháy lớn ở {area}: tránh xa khu vực cháy",
        ("Gọi 114, nói rõ địa chỉ", "Nhường đường cho xe chữa cháy", "Có khói: cúi thấp, bịt khăn ướt"),
        hours=3,
        risks=(1, 2, 3, 4, 5),
    ),
    Hazard(
        "hoa-chat",
        "Sự cố hóa chất, khí độc",
        "Rò rỉ khí độc ở {area}: ở trong nhà, đóng kín cửa",
        ("Bịt khăn ướt, đi ngược hướng gió", "Không dùng lửa, không bật tắt điện", "Khó thở: gọi 115"),
        hours=3,
    ),
    Hazard(
        "dich-benh",
        "Dịch bệnh",
        "Có dịch bệnh ở {area}: thực hiện hướng dẫn của trạm y tế",
        ("Đeo khẩu trang, rửa tay thường xuyên", "Sốt, ho, phát ban: gọi trạm y tế", "Hạn chế tụ tập đông người"),
        hours=48,
    ),
    Hazard(
        "nuoc-sach",
        "Nước sinh hoạt không an toàn",
        "Không uống nước máy ở {area} cho đến khi có thông báo mới",
        (
            "Dùng nước đóng chai hoặc nước được cấp",
            "Đun sôi không đủ an toàn",
            "Nơi phát nước: hỏi Ủy ban nhân dân xã",
        ),
        hours=24,
    ),
    Hazard("khac", "Việc khẩn khác", "", (), hours=6),
)
BY_SLUG = {hazard.slug: hazard for hazard in HAZARDS}
