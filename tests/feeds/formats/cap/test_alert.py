"""The head of an alert: identity, versions, scope, references; what is missing or doubtful makes a draft."""

from __future__ import annotations

import pytest

from feeds.formats.cap.alert import MAX_REFERENCES
from feeds.formats.cap.document import CapReference
from tests.feeds.formats.cap.documents import CAP10, CAP11, CAP12, alert, info, one, utc

SENDER = "a@canh-bao.example.invalid"


def references(text: str) -> tuple[CapReference, ...]:
    return one(alert(head=f"<references>{text}</references>", changes={"msgType": "Update"})).references


def test_the_head_of_an_alert() -> None:
    head = (
        '<source>Đài tỉnh</source><restriction>nội bộ</restriction><addresses>an \'binh "chi nhánh 2"</addresses>'
        '<code>profile:A</code><code>layer:B</code><note>Ghi chú</note><incidents>bao-9 "lũ quét"</incidents>'
    )
    got = one(alert(head=head, changes={"scope": "Restricted"}))
    assert (got.identifier, got.sender, got.sent) == ("vn-1", SENDER, utc(25, 9))
    assert (got.status, got.kind, got.scope, got.version) == ("Actual", "Alert", "Restricted", "1.2")
    assert (got.source, got.restriction, got.note) == ("Đài tỉnh", "nội bộ", "Ghi chú")
    assert got.addresses == ("an", "'binh", "chi nhánh 2")
    assert got.codes == ("profile:A", "layer:B")
    assert got.incidents == ("bao-9", "lũ quét")
    assert (got.signature, got.draft_only, got.notes) == ("unsigned", False, ())


@pytest.mark.parametrize(
    ("ns", "version"),
    [(CAP12, "1.2"), (CAP11, "1.1"), (CAP10, "1.0"), ("urn:oasis:names:tc:emergency:cap:1.0", "1.0")],
)
def test_the_namespace_tells_the_version(ns: str, version: str) -> None:
    got = one(alert(ns=ns))
    assert (got.version, got.draft_only, len(got.infos)) == (version, False, 1)


@pytest.mark.parametrize("ns", ["urn:oasis:names:tc:emergency:cap:2.0", "", "urn:la"])
def test_another_namespace_makes_a_draft(ns: str) -> None:
    got = one(alert(ns=ns))
    assert (got.version, got.draft_only, got.identifier, got.infos[0].event) == ("", True, "vn-1", "Bão")
    assert got.notes == ("Không rõ phiên bản CAP.",)


def test_any_prefix_is_read() -> None:
    body = (
        alert().replace("xmlns=", "xmlns:k-1=").replace("</", "</k-1:").replace("<", "<k-1:").replace("<k-1:/", "</")
    )
    assert one(body) == one(alert())


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("identifier", "mã cảnh báo"),
        ("sender", "bên gửi"),
        ("sent", "giờ phát"),
        ("status", "trạng thái"),
        ("msgType", "kiểu thông điệp"),
    ],
)
def test_a_missing_field_of_the_identity_makes_a_draft(name: str, called: str) -> None:
    for body in (alert(without=name), alert(changes={name: " "})):
        got = one(body)
        assert got.draft_only
        assert got.notes == (f"Thiếu {called}.",)
        assert got.infos[0].event == "Bão"


def test_a_time_of_sending_that_cannot_be_read_makes_a_draft() -> None:
    got = one(alert(changes={"sent": "hôm qua"}))
    assert (got.sent, got.draft_only) == (None, True)
    assert got.notes == ("Không đọc được giờ phát: “hôm qua”.",)


def test_two_different_values_of_one_field_make_a_draft() -> None:
    got = one(alert(head="<status>Test</status>"))
    assert (got.status, got.draft_only) == ("Actual", True)
    assert got.notes == ("Có nhiều giá trị khác nhau cho trạng thái.",)
    assert not one(alert(head="<status>Actual</status>")).draft_only


def test_elements_of_another_namespace_are_no_fields() -> None:
    head = '<status xmlns="urn:la">Test</status><x:status xmlns:x="urn:la">Test</x:status>'
    got = one(alert(head=head, without="status"))
    assert (got.status, got.draft_only) == ("", True)


def test_a_comment_inside_a_value_does_not_divide_it() -> None:
    assert one(alert(changes={"status": "Ex<!-- Actual -->ercise"})).status == "Exercise"


def test_words_are_spelled_as_cap_does_and_unknown_ones_stay() -> None:
    got = one(alert(changes={"status": "ACTUAL", "msgType": " cancel\n", "scope": "public"}))
    assert (got.status, got.kind, got.scope) == ("Actual", "Cancel", "Public")
    assert one(alert(changes={"status": "Reel"})).status == "Reel"


def test_a_missing_scope_means_public_and_is_told() -> None:
    got = one(alert(without="scope"))
    assert (got.scope, got.draft_only) == ("Public", False)
    assert got.notes == ("Không ghi phạm vi phổ biến; hiểu là công khai.",)


def test_references_are_divided_by_any_blanks() -> None:
    first = CapReference(SENDER, "vn-1", utc(25, 9))
    second = CapReference("b@example.invalid", "vn-2", utc(25, 10))
    texts = (f"{SENDER},vn-1,2026-08-25T16:00:00+07:00", "b@example.invalid,vn-2,2026-08-25T10:00:00-00:00")
    for blank in (" ", "\n\t  ", "\u00a0", "\u3000", ",", ", "):
        assert references(blank.join(texts)) == (first, second)
    assert references(f" {SENDER} , vn-1 , 2026-08-25T16:00:00+07:00 ") == (first,)


def test_references_that_lack_a_part_keep_the_rest() -> None:
    got = one(
        alert(
            head="<references>vn-7 a@b.example,vn-8 a@b.example,vn-9,hôm-qua a,b,c,2026-08-25T10:00:00Z</references>"
        )
    )
    assert got.references == (
        CapReference("", "vn-7", None),
        CapReference("a@b.example", "vn-8", None),
        CapReference("a@b.example", "vn-9", None),
        CapReference("a", "b,c", utc(25, 10)),
    )
    assert got.notes == (
        "Dẫn chiếu không đủ ba phần: “vn-7”.",
        "Dẫn chiếu không đủ ba phần: “a@b.example,vn-8”.",
        "Không đọc được giờ phát của cảnh báo được dẫn chiếu: “hôm-qua”.",
    )
    assert references("") == ()


def test_very_many_references_are_cut_and_told() -> None:
    many = " ".join(f"a,{n},2026-08-25T10:00:00Z" for n in range(MAX_REFERENCES + 1))
    got = one(alert(head=f"<references>{many}</references>"))
    assert len(got.references) == MAX_REFERENCES
    assert "quá nhiều" in got.notes[0]


def test_an_identifier_that_cannot_be_referred_to_is_told() -> None:
    got = one(alert(changes={"identifier": "Bão số 9, lần 2"}))
    assert got.identifier == "Bão số 9, lần 2"
    assert got.notes == ("Mã cảnh báo có dấu cách, dấu phẩy hoặc ký tự không được phép.",)
    assert not got.draft_only


@pytest.mark.parametrize("kind", ["Alert", "Update"])
def test_an_alert_without_any_info_is_told(kind: str) -> None:
    body = alert(changes={"msgType": kind}).replace(info(), "")
    assert (one(body).infos, one(body).notes) == ((), ("Cảnh báo không có phần nội dung nào.",))


def test_a_cancel_needs_no_info() -> None:
    body = alert(changes={"msgType": "Cancel"}).replace(info(), "")
    assert (one(body).infos, one(body).notes) == ((), ())
