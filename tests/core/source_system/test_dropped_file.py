"""A dropped bulletin is read by the names of the mapping; everything else is refused with a sentence."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.core.source_system import mapping
from server.core.source_system.bulletins import BadBulletin, Bulletin
from server.core.source_system.dropped_file import MOST_BYTES, Dropped, Recall, Unfinished, read
from server.core.source_system.mapping import BULLETIN_FIELDS, PRIORITY_WORDS

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
GIVEN = {
    "maBanTin": 17, "mucDoUuTien": "Khẩn cấp", "tieuDe": "Vỡ đê", "noiDung": "Sơ tán ngay", "maDiaBan": ["12274"],
    "tuNgay": "2026-03-09", "denNgay": "2026-03-09", "coQuanBanHanh": "Sở Nông nghiệp", "tepDinhKem": "so-do.png",
}  # fmt: skip


def reading(value: Any) -> Dropped:
    return read(json.dumps(value).encode(), ZONE)


def test_a_bulletin_has_the_fields_of_the_mapping() -> None:
    found = reading(GIVEN)
    start, until = datetime(2026, 3, 8, 17, tzinfo=UTC), datetime(2026, 3, 9, 17, tzinfo=UTC)
    assert found.content == Bulletin(
        "17", "urgent", "Vỡ đê", "Sơ tán ngay", ("12274",), start, until, "Sở Nông nghiệp"
    )  # fmt: skip
    assert found.files == ("so-do.png",)


def test_our_own_names_are_read_too_and_a_recall_is_one() -> None:
    body = b'\xef\xbb\xbf{"number": "a", "priority": "1", "title": "x", "areas": "tinh", "from": "2026-03-09T07:30"}'
    found = read(body, ZONE).content
    assert isinstance(found, Bulletin)
    assert (found.priority, found.start) == ("normal", datetime(2026, 3, 9, 0, 30, tzinfo=UTC))
    assert reading({"thuHoiBanTin": "a", "lyDo": "Nhầm"}).content == Recall("a", "Nhầm")


def test_the_mapping_is_marked_unverified_and_has_no_name_twice() -> None:
    assert (mapping.VERIFIED, "UNVERIFIED" in (mapping.__doc__ or "")) == (False, True)
    for table in (BULLETIN_FIELDS, PRIORITY_WORDS):
        every = [name for names in table.values() for name in names]
        assert len(every) == len(set(every))


@pytest.mark.parametrize("body", [b"", b'{"number": ', b"\xff\xfe", b"[" * 200_000, b"9" * 5000])
def test_what_is_no_json_may_still_be_written(body: bytes) -> None:
    with pytest.raises(Unfinished):
        read(body, ZONE)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"khac": 1}, "Không hiểu mục khac."),
        ({"number": "a"}, "Mục number ghi hai lần dưới hai tên."),
        ({"mucDoUuTien": "9"}, "Không hiểu mức ưu tiên '9'"),
        ({"tieuDe": ["x"]}, "Mục tieuDe phải là chữ."),
        ({"tieuDe": True}, "Mục tieuDe phải là chữ."),
        ({"maDiaBan": [{}]}, "Mục maDiaBan phải là danh sách chữ."),
        ({"denNgay": "mai"}, "không hiểu thời gian 'mai'"),
        ({"denNgay": "9999-12-31"}, "không hiểu thời gian"),
        ({"denNgay": "0001-01-01T00:00:00+14:00"}, "không hiểu thời gian"),
        ({"tepDinhKem": ["../khoa.pem"]}, "chỉ nhận tên tệp ở cùng thư mục"),
        ({"tepDinhKem": [".an"]}, "chỉ nhận tên tệp ở cùng thư mục"),
        ({"tepDinhKem": ["a.png"] * 21}, "Nhiều nhất 20 tệp kèm."),
    ],
)
def test_a_wrong_field_is_named(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(BadBulletin) as caught:
        reading(GIVEN | wrong)
    assert said in str(caught.value)


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"{" + b" " * MOST_BYTES + b"}"])
def test_other_json_is_refused(body: bytes) -> None:
    with pytest.raises(BadBulletin) as caught:
        read(body, ZONE)
    assert not isinstance(caught.value, Unfinished)
