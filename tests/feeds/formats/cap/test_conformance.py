"""What is told of documents that break CAP 1.2: each fault where it is, nothing about a document without faults."""

from __future__ import annotations

import pytest

from feeds import ParseError
from feeds.formats.cap.conformance import faults_in

GOOD = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>urn:x:1</identifier>
<sender>a@b.vn</sender><sent>2026-08-28T16:00:00+07:00</sent><status>Actual</status><msgType>Alert</msgType>
<scope>Public</scope><info><language>vi-VN</language><category>Met</category><event>Bão</event>
<urgency>Expected</urgency><severity>Severe</severity><certainty>Likely</certainty>
<effective>2026-08-28T16:00:00+07:00</effective><expires>2026-08-28T20:00:00+07:00</expires>
<area><areaDesc>Hưng Yên</areaDesc><polygon>20,106 20,107 21,107 20,106</polygon><circle>20.5,106.1 5</circle>
<geocode><valueName>ISO 3166-2</valueName><value>VN-66</value></geocode></area></info></alert>"""


def faults(text: str) -> str:
    """The only fault of the only alert in ``text``."""
    ((_, (found,)),) = faults_in(text.encode())
    return found


def test_a_document_by_the_standard_has_no_faults() -> None:
    assert faults_in(GOOD.encode()) == (("urn:x:1", ()),)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<scope>Public</scope>", "", "alert: thiếu scope."),
        ("<category>Met</category>", "", "alert/info: thiếu category."),
        ("<event>Bão</event>", "<event>Bão</event><event>Lũ</event>", "alert/info/event: có 2 lần, chỉ được 1."),
        ("<event>Bão</event>", "<event> </event>", "alert/info/event: để trống."),
        ("<event>", "<loai>1</loai><event>", "alert/info: CAP 1.2 không có phần tử “loai” ở đây."),
        ("<status>Actual</status><msgType>Alert</msgType>", "<msgType>Alert</msgType><status>Actual</status>",
         "alert/status: đứng sai thứ tự."),
        ("Severe", "Serious", "alert/info/severity: “Serious” không có trong danh sách Extreme, Severe"),
        ("actual".title(), "actual", "alert/status: “actual” không có trong danh sách"),
        ("16:00:00+07:00</sent>", "09:00:00Z</sent>", "alert/sent: “2026-08-28T09:00:00Z” phải có dạng"),
        ("20:00:00+07:00</exp", "20:00:00.5+07:00</exp", "alert/info/expires: “2026-08-28T20:00:00.5+07:00” phải"),
        ("20:00:00+07:00</exp", "15:00:00+07:00</exp", "alert/info/expires: sớm hơn effective."),
        ("28T16:00:00+07:00</sent>", "32T16:00:00+07:00</sent>", "alert/sent: “2026-08-32T16:00:00+07:00” là"),
        ("08-28T16:00:00+07:00</sent>", "02-29T16:00:00+07:00</sent>", "alert/sent: “2026-02-29T16:00:00+07:00” là"),
        ("16:00:00+07:00</sent>", "16:60:00+07:00</sent>", "alert/sent: “2026-08-28T16:60:00+07:00” là ngày giờ"),
        ("16:00:00+07:00</sent>", "24:00:01+07:00</sent>", "alert/sent: “2026-08-28T24:00:01+07:00” là ngày giờ"),
        ("16:00:00+07:00</sent>", "16:00:00+15:00</sent>", "alert/sent: “2026-08-28T16:00:00+15:00” phải có dạng"),
        ("16:00:00+07:00</sent>", "16:00:00+07:75</sent>", "alert/sent: “2026-08-28T16:00:00+07:75” phải có dạng"),
        ("20:00:00+07:00</exp", "17:00:00+09:00</exp", "alert/info/expires: sớm hơn effective."),
        ("20:00:00+07:00</exp", "08:59:59-00:00</exp", "alert/info/expires: sớm hơn effective."),
        ("urn:x:1", "urn x", "alert/identifier: “urn x” trống, hoặc có dấu cách"),
        ("a@b.vn", "a,b", "alert/sender: “a,b” trống, hoặc có dấu cách"),
        ("vi-VN", "tiếng Việt", "alert/info/language: “tiếng Việt” không phải là mã ngôn ngữ"),
        ("21,107 20,106", "21,107", "alert/info/area/polygon: đường bao phải có ít nhất 4 điểm."),
        ("21,107 20,106<", "21,107 20,105<", "alert/info/area/polygon: đường bao không khép kín"),
        ("21,107", "107,21", "alert/info/area/polygon: có điểm không đọc được"),
        ("106.1 5", "106.1", "alert/info/area/circle: “20.5,106.1” phải là"),
        ("20.5,106.1 5", "106.1,20.5 5", "alert/info/area/circle: “106.1,20.5 5” phải là"),
        ("20.5,106.1 5", "90.5,106.1 5", "alert/info/area/circle: tâm có vĩ độ quá 90 hoặc kinh độ quá 180"),
        ("20.5,106.1 5", "20.5,181 5", "alert/info/area/circle: tâm có vĩ độ quá 90 hoặc kinh độ quá 180"),
        ("20.5,106.1 5", "20.5,106.1 -5", "alert/info/area/circle: “20.5,106.1 -5” phải là"),
        ("20.5,106.1 5", "20.5,106.1 30000", "alert/info/area/circle: bán kính 30000 km lớn hơn"),
        ("<valueName>ISO 3166-2</valueName>", "", "alert/info/area/geocode: thiếu valueName."),
        ("Alert</msgType>", "Cancel</msgType>", "alert: Cancel phải nêu cảnh báo trước trong references."),
        ("Public</scope>", "Restricted</scope>", "alert: scope Restricted cần restriction."),
        ("Public</scope>", "Private</scope>", "alert: scope Private cần addresses."),
        ("</scope>", "</scope><references>chi-co-ma</references>", "alert/references: mỗi dẫn chiếu phải có dạng"),
        ("</scope>", "</scope><references>a,b,2026-02-30T16:00:00+07:00</references>", "alert/references: mỗi"),
        ("</geocode>", "</geocode><ceiling>9</ceiling>", "alert/info/area/ceiling: chỉ dùng cùng altitude."),
        ("cap:1.2", "cap:1.1", "alert: tài liệu theo CAP 1.1, không phải CAP 1.2."),
        ("urn:oasis:names:tc:emergency:cap:1.2", "urn:la", "alert: tài liệu thuộc không gian tên lạ “urn:la”"),
    ],
)  # fmt: skip
def test_each_fault_is_told(old: str, new: str, said: str) -> None:
    assert old in GOOD
    assert faults(GOOD.replace(old, new, 1)).startswith(said)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("20:00:00+07:00</exp", "19:00:00+09:00</exp"),
        ("20:00:00+07:00</exp", "09:00:00-00:00</exp"),
        ("20:00:00+07:00</exp", "24:00:00+07:00</exp"),
        ("20:00:00+07:00</exp", "23:00:00+14:00</exp"),
        ("20.5,106.1 5", "-90,-180 0.0"),
        ("</scope>", "</scope><references>a,b,2026-08-27T09:00:00-00:00</references>"),
    ],
)
def test_what_is_unusual_but_allowed_is_no_fault(old: str, new: str) -> None:
    assert old in GOOD
    assert faults_in(GOOD.replace(old, new, 1).encode()) == (("urn:x:1", ()),)


def test_an_alert_without_info_tells_nothing() -> None:
    start, end = GOOD.index("<info>"), GOOD.index("</alert>")
    assert faults(GOOD[:start] + GOOD[end:]).startswith("alert: Alert không có info nào")


def test_a_signature_may_stand_at_the_end_and_nowhere_else() -> None:
    foreign = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>'
    assert faults_in(GOOD.replace("</alert>", f"{foreign}</alert>").encode()) == (("urn:x:1", ()),)
    assert "đứng sai thứ tự" in str(faults_in(GOOD.replace("<info>", f"{foreign}<info>").encode()))
    assert "chỉ được đứng cuối alert" in str(faults_in(GOOD.replace("</info>", f"{foreign}</info>").encode()))


def test_every_alert_in_a_document_is_checked_and_an_index_has_none() -> None:
    two = f"<alerts>{GOOD}{GOOD.replace('urn:x:1', 'urn:x:2').replace('Severe', 'x')}</alerts>"
    assert [(name, len(found)) for name, found in faults_in(two.encode())] == [("urn:x:1", 0), ("urn:x:2", 1)]
    assert faults_in(b'<feed xmlns="http://www.w3.org/2005/Atom"/>') == ()


@pytest.mark.parametrize("body", [b"", b"khong phai XML", b"<html><body>x</body></html>", b"<alert><info>"])
def test_what_is_no_document_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        faults_in(body)
