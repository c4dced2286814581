"""Documents with faults that were seen in the world: swapped points, no areas, ends before they begin, two minds."""

from __future__ import annotations

from tests.feeds.formats.cap.cases import Case
from tests.feeds.formats.cap.documents import CAP10, CAP12, RING, SQUARE, TRIPLE, alert, area, info, utc

RANGE = "Tọa độ nằm ngoài phạm vi vĩ độ, kinh độ nên đã bỏ qua."

ODD = (
    Case(
        "no area and no language",
        alert(info(language="", areas="")),
        {"infos.0.language": "", "infos.0.areas": (), "infos.0.event": "Bão"},
    ),
    Case(
        "an area that is only named, as the whole country",
        alert(info(areas=area("", "cả nước"))),
        {"infos.0.areas.0.description": "cả nước", "infos.0.areas.0.polygons": (), "infos.0.areas.0.codes": ()},
    ),
    Case(
        "longitude before latitude",
        alert(info(areas=area("<polygon>106.2,20.1 106.9,20.1 106.9,20.8 106.2,20.1</polygon>"))),
        {"infos.0.areas.0.polygons": ()},
        notes=(RANGE,),
    ),
    Case(
        "one good outline beside one that is swapped",
        alert(info(areas=area(SQUARE + "<polygon>106.2,20.1 106.9,20.1 106.9,20.8 106.2,20.1</polygon>"))),
        {"infos.0.areas.0.polygons": (RING,)},
        notes=(RANGE,),
    ),
    Case(
        "an outline of two points, and one that is not closed",
        alert(info(areas=area(f"<polygon>20,106 21,107</polygon>{SQUARE.replace(' 20.1,106.2', '')}"))),
        {"infos.0.areas.0.polygons": (RING,)},
        notes=(
            "Đường bao có chưa đủ 4 điểm nên đã bỏ qua.",
            "Đường bao không khép kín; đã nối điểm cuối với điểm đầu.",
        ),
    ),
    Case(
        "points divided by blanks only",
        alert(info(areas=area("<polygon>20 106 20 107 21 107 20 106</polygon>"))),
        {"infos.0.areas.0.polygons": ()},
        notes=("Không đọc được tọa độ của đường bao nên đã bỏ qua.",),
    ),
    Case(
        "a circle without a radius, one in metres",
        alert(info(areas=area("<circle>20.5,106.3</circle><circle>20.5,106.3 25000</circle>"))),
        {"infos.0.areas.0.circles": ()},
        notes=("Không đọc được vòng tròn nên đã bỏ qua.", "Bán kính vòng tròn không hợp lý nên đã bỏ qua."),
    ),
    Case(
        "ends before it begins",
        alert(info("<effective>2026-08-25T16:00:00+07:00</effective><expires>2026-08-25T10:00:00+07:00</expires>")),
        {"infos.0.effective": utc(25, 9), "infos.0.expires": utc(25, 3)},
        notes=("Giờ hết hạn sớm hơn giờ hiệu lực.",),
    ),
    Case(
        "CAP 1.0 with its codes and its certainty",
        f'<alert xmlns="{CAP10}"><identifier>a-1</identifier><sender>x@y.example</sender>'
        "<sent>2003-06-17T14:57:00-07:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>"
        "<info><category>Met</category><event>SEVERE THUNDERSTORM</event><urgency>Immediate</urgency>"
        "<severity>Severe</severity><certainty>Very Likely</certainty><eventCode>same=SVR</eventCode>"
        "<parameter>level=2</parameter><area><areaDesc>Alpine County</areaDesc><geocode>fips6=006003</geocode></area>"
        "</info></alert>",
        {
            "version": "1.0",
            "infos.0.certainty": "Likely",
            "infos.0.event_codes": (("same", "SVR"),),
            "infos.0.parameters": (("level", "2"),),
            "infos.0.areas.0.codes": (("fips6", "006003"),),
        },
    ),
    Case(
        "two statuses",
        alert(head="<status>Exercise</status>"),
        {"status": "Actual"},
        notes=("Có nhiều giá trị khác nhau cho trạng thái.",),
        draft_only=True,
    ),
    Case(
        "an exercise",
        alert(changes={"status": "Exercise"}, head="<note>Diễn tập phòng chống thiên tai</note>"),
        {"status": "Exercise", "note": "Diễn tập phòng chống thiên tai"},
    ),
    Case(
        "two infos of one language with other areas and levels",
        alert(
            f"<info><language>vi</language><event>Mưa</event>{TRIPLE}{area('', 'Thái Bình')}</info>",
            f"<info><language>vi</language><event>Lũ</event>{TRIPLE}{area('', 'Hưng Yên')}</info>",
        ),
        {"infos.0.areas.0.description": "Thái Bình", "infos.1.event": "Lũ"},
    ),
    Case(
        "a Cancel of two alerts without any info",
        f'<alert xmlns="{CAP12}"><identifier>c-1</identifier><sender>x@y.example</sender>'
        "<sent>2026-08-26T05:00:00+07:00</sent><status>Actual</status><msgType>Cancel</msgType><scope>Public</scope>"
        "<references>x@y.example,a-1,2026-08-25T16:00:00+07:00\r\n\r\nx@y.example,a-2,2026-08-25T19:00:00+07:00"
        "</references></alert>",
        {"kind": "Cancel", "references.len": 2, "references.1.identifier": "a-2", "infos": ()},
    ),
    Case(
        "for some addresses only",
        alert(changes={"scope": "Private"}, head="<addresses>a@x.example b@x.example</addresses>"),
        {"scope": "Private", "addresses": ("a@x.example", "b@x.example")},
    ),
    Case(
        "a namespace of the future",
        alert(ns="urn:oasis:names:tc:emergency:cap:1.3"),
        {"version": "", "infos.0.areas.0.polygons": (RING,)},
        notes=("Không rõ phiên bản CAP.",),
        draft_only=True,
    ),
    Case(
        "no namespace and nothing of the identity",
        "<alert><info><event>Bão</event></info></alert>",
        {"identifier": "", "sent": None, "status": "", "kind": "", "scope": "Public", "infos.0.event": "Bão"},
        notes=(
            "Không rõ phiên bản CAP.", "Thiếu mã cảnh báo.", "Thiếu bên gửi.", "Thiếu giờ phát.", "Thiếu trạng thái.",
            "Thiếu kiểu thông điệp.", "Không ghi mức độ khẩn.", "Không ghi mức độ nghiêm trọng.",
            "Không ghi mức độ chắc chắn.", "Không ghi phạm vi phổ biến; hiểu là công khai.",
        ),
        draft_only=True,
    ),
    Case(
        "elements in a namespace of no name under a good one",
        alert(info().replace("<event>", '<event xmlns="">')),
        {"infos.0.event": "Bão"},
    ),
)  # fmt: skip
