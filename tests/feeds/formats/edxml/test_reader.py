"""Electronic documents (edXML) are read well or badly formed; hostile ones are refused and cost little."""

from __future__ import annotations

import base64
import zipfile
from datetime import date

import pytest

from feeds.errors import ParseError
from feeds.formats.edxml.reader import is_edxml, read_edxml
from tests.edxml_files import ID, archive, document, sloppy

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40


def refused(body: bytes) -> str:
    with pytest.raises(ParseError) as caught:
        read_edxml(body)
    assert caught.value.message
    return caught.value.code


def test_all_fields_of_a_well_formed_document_are_read() -> None:
    found = read_edxml(document({"Quyết định 15.pdf": PDF}))
    assert (found.kind, found.id, found.code, found.date) == ("new", ID, "15/QĐ-UBND", date(2026, 3, 5))
    assert (found.place, found.issuer, found.issuer_code) == (
        "Minh Tân", "Ủy ban nhân dân xã Minh Tân", "000.00.13.H31",
    )  # fmt: skip
    assert (found.signer, found.position, found.authority) == ("Nguyễn Văn Bình", "Chủ tịch", "TM. ỦY BAN NHÂN DÂN")
    assert (found.type, found.subject) == ("Quyết định", "Về việc phê duyệt kế hoạch sử dụng đất năm 2026")
    assert [(file.name, file.body) for file in found.files] == [("Quyết định 15.pdf", PDF)]
    assert not found.signed


def test_a_document_with_undeclared_prefixes_and_a_zip_after_the_root_is_read() -> None:
    body = sloppy({"Quyết định 15.pdf": PDF, "Phụ lục.pdf": PDF + b"2"})
    assert is_edxml(body)
    found = read_edxml(body)
    assert found.code == "15/QĐ-UBND"
    assert [(file.name, file.body) for file in found.files] == [
        ("Quyết định 15.pdf", PDF), ("Phụ lục.pdf", PDF + b"2"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["2026/03/05", "05/03/2026", "2026-03-05T08:00:00"])
def test_dates_are_read_in_every_form(text: str) -> None:
    assert read_edxml(document(date=text)).date == date(2026, 3, 5)


def test_a_wrong_date_is_noted_and_left_out() -> None:
    found = read_edxml(document(date="31/02/2026"))
    assert (found.date, len(found.notes)) == (None, 1)


@pytest.mark.parametrize(("code", "kind"), [("0", "new"), ("1", "recall"), ("2", "update"), ("3", "replacement")])
def test_the_kind_of_exchange_and_the_earlier_document_are_read(code: str, kind: str) -> None:
    found = read_edxml(document(kind=code, earlier="000.00.13.H31,2025/01/02,9/QĐ-UBND"))
    assert (found.kind, [one.id for one in found.references]) == (kind, ["000.00.13.H31,2025/01/02,9/QĐ-UBND"])


def test_a_symbol_that_repeats_the_number_is_not_doubled() -> None:
    assert read_edxml(document(number="15", notation="15/QĐ-UBND")).code == "15/QĐ-UBND"


def test_the_signature_of_the_envelope_is_seen() -> None:
    signature = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>'
    assert read_edxml(document(signature=signature)).signed


def test_marks_of_the_header_are_handed_on() -> None:
    assert "Mật" in read_edxml(document(inside="<edXML:SecurityLevel>1</edXML:SecurityLevel>")).marks
    assert "Mật" not in read_edxml(document(inside="<edXML:SecurityLevel>0</edXML:SecurityLevel>")).marks
    assert "Tối mật" in read_edxml(document(inside="<edXML:Note>Tối mật</edXML:Note>")).marks


def test_a_text_with_a_bare_ampersand_and_utf_16_are_read() -> None:
    body = document().decode().replace("kế hoạch", "kế hoạch A & B")
    assert "A & B" in read_edxml(body.encode()).subject
    assert "A & B" in read_edxml(body.replace("UTF-8", "UTF-16").encode("utf-16")).subject


def test_an_entity_bomb_is_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    body = document().decode().replace("?>\n", f"?>\n{bomb}", 1)
    assert refused(body.encode()) == "entity-bomb"


def test_a_file_of_the_server_is_not_read_into_the_document() -> None:
    body = document().decode().replace("?>\n", '?>\n<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', 1)
    assert refused(body.replace("đất", "&f;").encode()) == "entity-bomb"


def test_a_cut_document_and_another_file_are_refused() -> None:
    assert refused(document({"a.pdf": PDF})[:-200]) == "broken"
    assert refused(b"<rss><channel/></rss>") == "not-edxml"
    assert refused(b"\x00\x01") in {"not-edxml", "broken"}


def test_an_unknown_kind_is_refused() -> None:
    assert refused(document(kind="7")) == "kind"


@pytest.mark.parametrize("letter", ["!", "ế", "<a/>é"])
def test_wrong_base64_is_refused(letter: str) -> None:
    right = base64.b64encode(PDF).decode()[:40]
    body = document({"a.pdf": PDF}).decode()
    assert refused(body.replace(right, right[:20] + letter + right[21:]).encode()) == "base64"


def test_a_zip_bomb_is_refused() -> None:
    assert refused(document({"bom.zip": archive({"a.pdf": bytes(30 * 2**20)})})) == "zip-bomb"


@pytest.mark.parametrize("name", ["../../etc/cron.d/a", "/etc/a", "C:\\a.pdf", "a\\..\\..\\b"])
def test_a_dangerous_path_in_a_zip_is_refused(name: str) -> None:
    assert refused(document({"a.zip": archive({name: b"x"}, zipfile.ZIP_STORED)})) == "zip-slip"


def test_a_damaged_zip_is_refused() -> None:
    assert refused(document({"a.zip": archive({"a.pdf": PDF})[:-30]})) == "zip"


def test_an_archive_with_any_damaged_byte_is_read_or_refused() -> None:
    whole = archive({"é.pdf": PDF[:300], "b.pdf": b"x" * 400})
    outcomes = set()
    for at in range(2, len(whole)):
        for value in {0, 0x7F, 0xFF, whole[at] ^ 1} - {whole[at]}:
            try:
                read_edxml(document({"a.zip": whole[:at] + bytes([value]) + whole[at + 1 :]}))
                outcomes.add("read")
            except ParseError as error:
                outcomes.add(error.code)
    assert outcomes == {"read", "zip", "zip-password"}


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_compression_that_needs_much_memory_is_refused(method: int) -> None:
    assert refused(document({"a.zip": archive({"a.pdf": PDF}, method)})) == "zip"


def test_an_archive_of_very_many_entries_is_refused() -> None:
    many = archive({f"{number}/": b"" for number in range(10_001)}, zipfile.ZIP_STORED)
    assert refused(document({"a.zip": many})) == "zip-bomb"


@pytest.mark.parametrize("part", ["<!--", "<![CDATA[", "&<![CDATA[", "a.", "<a b='", "a" * 2_000 + "<b/>"])
def test_markup_that_a_pattern_would_search_again_and_again_is_read_in_one_pass(part: str) -> None:
    """With a search from each place, each of these takes many minutes."""
    body = "<a>" + ("<" if part == "a." else "") + part * (1_500_000 // len(part))
    assert refused(body.encode()) in {"broken", "not-edxml"}


def test_a_blank_run_between_attributes_and_a_cut_comment_at_the_end_do_no_harm() -> None:
    body = document().decode().replace("<edXML:Subject>", f'<edXML:Subject a="1"{" " * 3000}b="2">')
    assert read_edxml(body.encode() + b"<!-- cut").subject == read_edxml(document()).subject


def test_a_document_cannot_repeat_its_own_attachment_without_end() -> None:
    run = base64.b64encode(PDF * 200)
    marks = "\ue0f00\ue0f1" * 40
    assert refused(document({"a.pdf": PDF * 200}).replace(run[:50], marks.encode() + run[:50])) == "too-large"


def test_more_than_50_megabytes_are_refused() -> None:
    assert refused(b"<edXML>" + bytes(50 * 2**20)) == "too-large"


def test_a_file_of_many_megabytes_is_read_without_going_through_the_xml_parser() -> None:
    large = PDF * 2_000
    assert read_edxml(document({"a.pdf": large})).files[0].body == large
