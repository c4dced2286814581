"""Bytes to elements: every encoding, no document type, no entity; what is cut off or ambiguous is refused."""

from __future__ import annotations

import gzip

import pytest

from feeds.formats.cap.markup import parse
from tests.feeds.formats.cap.documents import CAP12, alert, area, info, one, only_info, refusal, whole

STORM = alert(info(event="Bão số 9 đổ bộ"))


def encoded(text: str, encoding: str, declared: str | None = None) -> bytes:
    return f'<?xml version="1.0" encoding="{declared or encoding}"?>{text}'.encode(encoding)


@pytest.mark.parametrize(
    "body",
    [
        STORM.encode(),
        encoded(STORM, "utf-8"),
        b"\xef\xbb\xbf" + encoded(STORM, "utf-8"),
        encoded(STORM, "utf-16"),
        STORM.encode("utf-16-le"),
        STORM.encode("utf-16-be"),
        STORM.encode("utf-32"),
        b" \r\n" + encoded(STORM, "utf-8"),
        encoded(STORM, "utf-8", "ISO-8859-1"),
        encoded(STORM, "utf-8", "utf-16"),
        encoded(STORM, "utf-8", "khong-co-that"),
        encoded(STORM, "utf-8").replace(b'"1.0"', b"'1.1'  "),
        gzip.compress(STORM.encode()),
    ],
)
def test_the_text_is_the_same_in_every_encoding(body: bytes) -> None:
    assert only_info(body).event == "Bão số 9 đổ bộ"


def test_a_wrong_declaration_is_told() -> None:
    assert one(encoded(STORM, "utf-8", "ISO-8859-1")).notes == ("Bảng mã khai báo không đúng; đã đọc theo UTF-8.",)
    assert one(encoded(STORM, "utf-8")).notes == ()


def test_a_packed_body_is_told() -> None:
    assert one(gzip.compress(STORM.encode())).notes == ("Nội dung được nén mà không khai báo.",)


def test_bytes_in_no_encoding_that_is_known_are_guessed_and_told() -> None:
    body = alert(info(event="Sturmböen, Überflutung", areas=area("", "Köln"))).encode("cp1252")
    got = one(body)
    assert got.infos[0].event == "Sturmböen, Überflutung"
    assert got.notes[0].startswith("Không rõ bảng mã; đã đọc theo ")


def test_the_header_names_the_encoding_where_the_document_does_not() -> None:
    body = alert(info(event="São João", areas=area("", "Rio"))).encode("latin-1")
    (got,) = whole(body, content_type="application/cap+xml; charset=iso-8859-1").alerts
    assert got.infos[0].event == "São João"


def test_letters_are_composed() -> None:
    assert only_info(alert(info(event="Ba\u0303o"))).event == "Bão"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"null", "not-cap"),
        (b'{"type":"FeatureCollection","features":[]}', "not-cap"),
        (b"<note>xin chao</note>", "not-cap"),
        (b"<!doctype html><html><body><p>Trang chu<br></body></html>", "html-page"),
        (b"<html><head><title>Trang</title></head><body/></html>", "html-page"),
        (b"<!DOCTYPE html><html><script>document.cookie = 'a'</script><p></html>", "bot-wall"),
        (STORM.encode()[:-1], "broken"),
        (STORM.encode()[:-8], "broken"),
        (STORM.encode()[: len(STORM) // 2], "broken"),
        (STORM.encode()[:20], "broken"),
        (STORM.replace("</info>", "").encode(), "broken"),
        (f"{STORM}<rác/>".encode(), "broken"),
        (b"<" * 10_000, "broken"),
        (b"<a>" * 300 + b"</a>" * 300, "broken"),
        (b"x" * (5 * 2**20 + 1), "too-large"),
    ],
)
def test_what_is_no_good_document_is_refused_with_its_reason(body: bytes, code: str) -> None:
    assert refusal(body) == code


def test_every_cut_of_a_document_is_refused() -> None:
    body = STORM.encode()
    assert {refusal(body[:size]) for size in range(1, len(body), 7)} <= {"broken", "not-cap"}


def test_words_before_the_document_are_left_out_and_told() -> None:
    got = one(f"Warning: something\n{STORM}")
    assert got.infos[0].event == "Bão số 9 đổ bộ"
    assert got.notes == ("Trước tài liệu có chữ thừa, đã bỏ qua.",)


def test_a_document_type_is_left_out_and_none_of_its_entities_is_used() -> None:
    doctype = (
        '<!DOCTYPE alert SYSTEM "http://127.0.0.1:9/a.dtd" [<!ENTITY tinh "Hưng Yên"> '
        '<!ENTITY tep SYSTEM "file:///etc/passwd"> <!ENTITY % xa SYSTEM "http://127.0.0.1:9/b"> %xa;]>'
    )
    got = one(doctype + alert(info("<headline>Bão ở &tinh; &tep; &amp; lân cận</headline>")))
    assert got.infos[0].headline == "Bão ở   & lân cận"
    assert got.draft_only
    assert [note for note in got.notes if "DTD" in note]
    assert [note for note in got.notes if "ký hiệu thay thế" in note]


def test_a_bomb_of_entities_expands_to_nothing() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    got = one(f'<!DOCTYPE x [<!ENTITY a0 "bom">{entities}]>' + alert(head="<note>Trước &a11; sau</note>"))
    assert got.note == "Trước  sau"
    assert got.draft_only


def test_a_document_type_without_entities_costs_nothing() -> None:
    got = one("<!DOCTYPE alert>" + STORM)
    assert not got.draft_only
    assert got.notes == ("Tài liệu có khai báo kiểu (DTD); phần khai báo đã bị bỏ qua.",)


def test_faults_with_only_one_reading_are_mended() -> None:
    written = "<headline>Gió &nbsp;mạnh &amp; mưa & lũ &#0;&#x1F;ở R&D &eacute;</headline>"
    got = one(alert(info(written + "<web>https://a.example/?a=1&b=2</web>")))
    assert got.infos[0].headline == "Gió \xa0mạnh & mưa & lũ ở R&D é"
    assert got.infos[0].web == "https://a.example/?a=1&b=2"
    assert not got.draft_only


def test_nothing_inside_a_section_of_characters_is_mended() -> None:
    written = "<headline><![CDATA[Mưa & gió &la;]]></headline><web>a?b&c</web>"
    assert only_info(alert(info(written))).headline == "Mưa & gió &la;"


def test_a_prefix_that_is_declared_nowhere_makes_a_draft() -> None:
    body = (
        alert().replace(f' xmlns="{CAP12}"', "").replace("</", "</cap:").replace("<", "<cap:").replace("<cap:/", "</")
    )
    assert body.startswith("<cap:alert>")
    got = one(body)
    assert (got.identifier, got.version, got.draft_only) == ("vn-1", "", True)
    assert got.notes == ("Tiền tố của tài liệu không được khai báo.",)
    assert got.infos[0].areas[0].polygons


def test_several_documents_in_one_file_are_read() -> None:
    declaration = '<?xml version="1.0" encoding="UTF-8"?>'
    second = alert(changes={"identifier": "vn-2", "sent": "2026-08-25T17:00:00+07:00"})
    got = whole(f"{declaration}{STORM}\n{declaration}{second}")
    assert [found.identifier for found in got.alerts] == ["vn-2", "vn-1"]
    assert refusal(f"{declaration}{STORM}\n{declaration}{second[:-9]}") == "broken"


def test_comments_stay_only_where_they_are_asked_for() -> None:
    body = b"<?a b?><alert><!-- x --><sender/></alert>"
    assert [str(node.tag) for node in parse(body).root] == ["sender"]
    assert len(parse(body, faithful=True).root) == 2
