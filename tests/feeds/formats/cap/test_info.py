"""The parts of an alert: times, levels, codes, texts as people read them, resources."""

from __future__ import annotations

from datetime import datetime

import pytest

from feeds.formats.cap.document import CapInfo, CapResource
from feeds.formats.cap.fields import Fields
from feeds.formats.cap.info import MAX_AREAS, MAX_INFOS
from tests.feeds.formats.cap.documents import CAP10, alert, area, info, one, only_info, utc

NO_OFFSET = "Giờ không ghi múi giờ; đã hiểu theo múi giờ của nguồn."


def expires(written: str, zone: str = "Asia/Ho_Chi_Minh") -> tuple[datetime | None, tuple[str, ...]]:
    got = one(alert(info(f"<expires>{written}</expires>")), zone=zone)
    return got.infos[0].expires, got.notes


def shown(written: str) -> str:
    return only_info(alert(info(f"<description>{written}</description>"))).description


def test_all_fields_of_an_info() -> None:
    written = (
        "<language>vi-VN</language><category>Met</category><category>Safety</category><event>Lũ quét</event>"
        "<responseType>Evacuate</responseType><responseType>Monitor</responseType><urgency>Immediate</urgency>"
        "<severity>Extreme</severity><certainty>Observed</certainty><audience>Người dân ven suối</audience>"
        "<eventCode><valueName>SAME</valueName><value>FFW</value></eventCode>"
        "<effective>2026-08-25T16:00:00+07:00</effective><onset>2026-08-25T18:00:00+07:00</onset>"
        "<expires>2026-08-26T04:00:00+07:00</expires><senderName>Đài Khí tượng Thủy văn</senderName>"
        "<headline>Lũ quét ở ba xã</headline><description>Mưa 120 mm.</description>"
        "<instruction>Rời khỏi lòng suối.</instruction><web>https://a.example/lu?a=1&amp;b=2</web>"
        "<contact>0221 000 000</contact>"
        "<parameter><valueName>Cấp độ rủi ro</valueName><value>4</value></parameter>"
        "<resource><resourceDesc>Bản đồ</resourceDesc><mimeType>image/PNG</mimeType><size>1024</size>"
        "<uri>ban-do.png</uri><digest>2fd4e1c67a2d28fced849ee1bb76e7391b93eb12</digest></resource>"
    )
    assert only_info(alert(f"<info>{written}</info>")) == CapInfo(
        language="vi-VN",
        categories=("Met", "Safety"),
        event="Lũ quét",
        responses=("Evacuate", "Monitor"),
        urgency="Immediate",
        severity="Extreme",
        certainty="Observed",
        audience="Người dân ven suối",
        event_codes=(("SAME", "FFW"),),
        effective=utc(25, 9),
        onset=utc(25, 11),
        expires=utc(25, 21),
        sender_name="Đài Khí tượng Thủy văn",
        headline="Lũ quét ở ba xã",
        description="Mưa 120 mm.",
        instruction="Rời khỏi lòng suối.",
        web="https://a.example/lu?a=1&b=2",
        contact="0221 000 000",
        parameters=(("Cấp độ rủi ro", "4"),),
        resources=(
            CapResource(
                "Bản đồ",
                "image/png",
                "https://canh-bao.example.invalid/cap/ban-do.png",
                "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
                1024,
            ),
        ),
        areas=(),
    )


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-08-25T16:00:00+07:00", utc(25, 9)),
        ("2026-08-25T09:00:00-00:00", utc(25, 9)),
        ("2026-08-25T09:00:00-0000", utc(25, 9)),
        ("2026-08-25T09:00:00-00", utc(25, 9)),
        ("2026-08-25T09:00:00−00:00", utc(25, 9)),
        ("2026-08-25T09:00:00+00:00", utc(25, 9)),
        ("Tue, 25 Aug 2026 09:00:00 -0000", utc(25, 9)),
        ("Tue, 25 Aug 2026 09:00:00 -00:00", utc(25, 9)),
        ("25 Aug 2026 09:00 -0000 (UTC)", utc(25, 9)),
        ("2026-08-25T09:00:00Z", utc(25, 9)),
        ("2026-08-25T16:00:00.123+0700", utc(25, 9)),
        ("2026-08-25 16:00 +07", utc(25, 9)),
        ("2026-08-25T04:30:00-04:30", utc(25, 9)),
        ("2026-08-25T24:00:00+07:00", utc(25, 17)),
        ("2026-08-25T23:59:60+07:00", utc(25, 16, 59).replace(second=59)),
        ("2026-8-5T6:00:00+07:00", utc(4, 23)),
        ("Tue, 25 Aug 2026 16:00:00 +0700", utc(25, 9)),
        ("\n 2026-08-25T16:00:00+07:00 \n", utc(25, 9)),
    ],
)
def test_times_with_an_offset(written: str, at: datetime) -> None:
    assert expires(written) == (at, ())


@pytest.mark.parametrize(
    ("written", "zone", "at"),
    [
        ("2026-08-25T16:00:00", "Asia/Ho_Chi_Minh", utc(25, 9)),
        ("2026-08-25 16:00", "Asia/Ho_Chi_Minh", utc(25, 9)),
        ("Tue, 25 Aug 2026 16:00:00", "Asia/Ho_Chi_Minh", utc(25, 9)),
        ("2026-08-25T16:00:00", "America/Toronto", utc(25, 20)),
        ("2026-12-25T16:00:00", "America/Toronto", utc(25, 21, month=12)),
    ],
)
def test_times_without_an_offset_are_read_in_the_zone_of_the_source_and_told(
    written: str, zone: str, at: datetime
) -> None:
    assert expires(written, zone) == (at, (NO_OFFSET,))


@pytest.mark.parametrize(
    "written",
    ["ngày mai", "2026-02-30T10:00:00Z", "2026-08-25", "0001-01-01T00:00:00", "9999-12-31T23:59:59Z",
     "2026-08-25T16:00:00+19:00", "2026-08-25T16:00:00+99:00", "2026-08-25T25:00:00Z", "16:00", "1e99"],
)  # fmt: skip
def test_times_that_cannot_be_read_are_none_and_told(written: str) -> None:
    at, notes = expires(written)
    assert at is None
    assert notes[-1] == f"Không đọc được giờ hết hạn: “{written}”."


def test_an_end_before_the_beginning_is_told() -> None:
    written = "<effective>2026-08-25T16:00:00+07:00</effective><expires>2026-08-25T15:00:00+07:00</expires>"
    got = one(alert(info(written)))
    assert (got.infos[0].effective, got.infos[0].expires) == (utc(25, 9), utc(25, 8))
    assert got.notes == ("Giờ hết hạn sớm hơn giờ hiệu lực.",)


def test_levels_are_spelled_as_cap_does_and_unknown_ones_stay_and_are_told() -> None:
    written = "<urgency>IMMEDIATE</urgency><severity>Rất nặng</severity><certainty>Very Likely</certainty>"
    got = one(alert(f"<info><event>Bão</event>{written}</info>"))
    (part,) = got.infos
    assert (part.urgency, part.severity, part.certainty) == ("Immediate", "Rất nặng", "Likely")
    assert got.notes == ("Giá trị lạ ở mức độ nghiêm trọng: “Rất nặng”.",)


def test_missing_levels_are_told() -> None:
    got = one(alert("<info><event>Bão</event></info>"))
    assert (got.infos[0].urgency, got.infos[0].severity, got.infos[0].certainty) == ("", "", "")
    assert [note.removeprefix("Không ghi ") for note in got.notes] == [
        "mức độ khẩn.", "mức độ nghiêm trọng.", "mức độ chắc chắn."
    ]  # fmt: skip


def test_codes_of_cap_1_0_are_name_and_value_in_one_text() -> None:
    written = "<eventCode>SAME=CEM</eventCode><parameter>HSAS=ORANGE=2</parameter><parameter>trống</parameter>"
    got = only_info(alert(info(written, areas=area("<geocode>FIPS6 = 006013</geocode>")), ns=CAP10))
    assert got.event_codes == (("SAME", "CEM"),)
    assert got.parameters == (("HSAS", "ORANGE=2"), ("trống", ""))
    assert got.areas[0].codes == (("FIPS6", "006013"),)


def test_pairs_keep_empty_values_several_values_and_several_pairs() -> None:
    written = (
        "<parameter><valueName>a</valueName><value/></parameter><parameter/>"
        "<parameter><valueName>b</valueName><value>1</value><value>2</value></parameter>"
        "<parameter><valueName>c</valueName><value>3</value><valueName>d</valueName><value>4</value></parameter>"
        "<parameter><value>5</value></parameter>"
    )
    got = only_info(alert(info(written))).parameters
    assert got == (("a", ""), ("b", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("", "5"))


def test_the_risk_parameter_is_kept_as_it_is() -> None:
    written = "<parameter><valueName>Cấp độ rủi ro thiên tai</valueName><value>Cấp 3</value></parameter>"
    assert only_info(alert(info(written))).parameters == (("Cấp độ rủi ro thiên tai", "Cấp 3"),)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Một đoạn.\n\nHai đoạn,\n   xuống dòng.", "Một đoạn.\n\nHai đoạn,\nxuống dòng."),
        ("Một.\r\n\r\n\r\n\r\nHai.", "Một.\n\nHai."),
        ("* gió   cấp 10\n* mưa", "* gió   cấp 10\n* mưa"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("H&amp;#432;ng Y&amp;ecirc;n", "Hưng Yên"),
        ("Mưa &lt; 10 mm, gió &amp;gt; cấp 6", "Mưa < 10 mm, gió > cấp 6"),
        ("&lt;p&gt;Mưa lớn.&lt;/p&gt;\n&lt;p&gt;Gió mạnh.&lt;/p&gt;", "Mưa lớn.\nGió mạnh."),
        ("Mưa &lt;b&gt;rất&lt;/b&gt; lớn.\nGió mạnh.", "Mưa rất lớn.\nGió mạnh."),
        ("Một&lt;br/&gt;Hai&amp;nbsp;ba", "Một\nHai ba"),
        ("&amp;lt;b&amp;gt;Khẩn&amp;lt;/b&amp;gt;: sơ tán", "Khẩn: sơ tán"),
        ("<![CDATA[<p>Một &amp; hai</p>]]>", "Một & hai"),
        ("<![CDATA[<script>alert(1)</script>Bão]]>", "Bão"),
        ("Một<p xmlns='http://www.w3.org/1999/xhtml'>Hai</p>", "Một\nHai"),
        ("Mưa\u200b l\u202eớn\u2066\x7f", "Mưa lớn"),
        ("سيول\u200f (20)", "سيول\u200f (20)"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_texts_are_plain_and_otherwise_as_written(written: str, text: str) -> None:
    assert shown(written) == text


LONG = "bão " * 30_000
LONG_PAIR = f"<valueName>a</valueName><value>{LONG}</value>"


@pytest.mark.parametrize(
    "body",
    [
        alert(info(f"<description>{LONG}</description>")),
        alert(info(f"<web>{LONG}</web>")),
        alert(info(f"<parameter>{LONG_PAIR}</parameter>")),
        alert(info(f"<parameter>{LONG}</parameter>")),
        alert(info(f"<resource><resourceDesc>{LONG}</resourceDesc></resource>")),
        alert(info(f"<resource><uri>{LONG}</uri></resource>")),
        alert(info(areas=area("", LONG))),
        alert(info(areas=area(f"<geocode>{LONG_PAIR}</geocode>"))),
        alert(head=f"<note>{LONG}</note>"),
        alert(head=f"<code>{LONG}</code>"),
        alert(changes={"identifier": "x" * 100_001}),
    ],
)
def test_a_text_that_is_too_long_loses_its_end_and_makes_a_draft(body: str) -> None:
    got = one(body)
    assert got.draft_only
    assert got.notes == ("Nội dung quá dài; phần cuối đã bỏ qua.",)


def test_a_text_as_long_as_allowed_is_no_loss() -> None:
    got = one(alert(info(f"<description>{'x' * 100_000}</description>")))
    assert (len(got.infos[0].description), got.draft_only, got.notes) == (100_000, False, ())


def test_the_language_is_empty_where_there_is_none() -> None:
    assert only_info(alert(info(language=""))).language == ""
    assert only_info(alert(info(language="vi_VN"))).language == "vi-VN"


def test_very_many_parts_make_a_draft() -> None:
    got = one(alert(*["<info/>"] * (MAX_INFOS + 1)))
    assert (len(got.infos), got.draft_only) == (MAX_INFOS, True)


def test_very_many_areas_and_points_make_a_draft() -> None:
    crowd = info(areas=area("", "Xã") * (MAX_AREAS // 2))
    got = one(alert(crowd, crowd, crowd))
    assert [len(part.areas) for part in got.infos] == [MAX_AREAS // 2, MAX_AREAS // 2, 0]
    assert (got.draft_only, got.notes) == (True, ("Cảnh báo có quá nhiều vùng; phần còn lại đã bỏ qua.",))
    outline = " ".join(f"{n // 1200},{n % 1200 / 10}" for n in range(99_000))
    got = one(alert(info(areas=area(f"<polygon>{outline}</polygon>" * 4))))
    assert (len(got.infos[0].areas[0].polygons), got.draft_only) == (3, True)
    assert got.notes[-1] == "Các đường bao có quá nhiều điểm; một số đường bao đã bỏ qua."


MANY = "<{0}>a=b</{0}>" * (Fields.MOST + 1)


@pytest.mark.parametrize(
    "body",
    [
        alert(info(MANY.format("parameter"))),
        alert(info(areas=area(MANY.format("geocode")))),
        alert(head=MANY.format("code")),
    ],
)
def test_very_many_fields_of_one_name_make_a_draft(body: str) -> None:
    got = one(body)
    assert got.draft_only
    assert got.notes == ("Nội dung quá dài; phần cuối đã bỏ qua.",)


@pytest.mark.parametrize(
    ("written", "size"), [("2048", 2048), ("2 KB", None), ("-1", None), ("9" * 20, None), ("", None)]
)
def test_the_size_of_a_resource(written: str, size: int | None) -> None:
    inside = f"<resource><size>{written}</size><uri>https://b.example/a b.pdf</uri></resource>"
    (found,) = only_info(alert(info(inside))).resources
    assert (found.size, found.uri) == (size, "https://b.example/a%20b.pdf")
