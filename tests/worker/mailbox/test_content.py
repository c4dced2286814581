"""What of a letter is shown: its text, however it is encoded, and its files, each checked by its content."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import ParseError
from server.media import office
from server.store.media import signatures
from server.worker.mailbox.parts import Unreadable, parts_of
from server.worker.mailbox.words import words_text
from tests.cast import NOW
from tests.media import made
from tests.signing import NAME, issued, plain, root, signed
from tests.worker.mailbox.post import Post, letter

DOCX = b"PK\x03\x04" + b"\0" * 40 + b"word/document.xml"


def pdf(folder: Path, pages: int = 1) -> bytes:
    return made.pdf(folder / "x.pdf", [made.A4] * pages).read_bytes()


def libreoffice(folder: Path, script: str) -> str:
    """A program that stands in for LibreOffice; ``$OUT`` is the folder for the PDF."""
    path = folder / "soffice"
    head = '#!/bin/sh\nfor one; do [ "$last" = --outdir ] && OUT=$one; last=$one; done\n'
    path.write_text(head + script)
    path.chmod(0o755)
    return str(path)


def test_a_letter_in_html_alone_is_plain_text(post: Post) -> None:
    one = letter(text="")
    one.set_content(
        "<style>p{}</style><body><p>Mời <b>bà con</b> đến.</p><p>Trân trọng</p><script>x()</script></body>",
        subtype="html",
    )
    post.put(one)
    post.poll()
    assert post.announcements()[0].text == "Mời bà con đến.\nTrân trọng"


def test_plain_text_is_preferred_and_signature_and_quotes_are_cut(post: Post) -> None:
    one = letter(text="Mời họp.\n\n-- \nLan\n")
    one.add_alternative("<p>Khác</p>", subtype="html")
    post.put(one)
    post.poll()
    assert post.announcements()[0].text == "Mời họp."


@pytest.mark.parametrize(
    ("charset", "encoding"), [("us-ascii", "utf-8"), ("iso-8859-1", "utf-8"), ("khong-co", "utf-8"), ("", "cp1258")]
)
def test_a_wrong_charset_does_not_spoil_the_words(charset: str, encoding: str) -> None:
    text = "Tiêm chủng cho trẻ em tại trạm y tế xã, sáng thứ ba."
    marked = "Tiêm chu\u0309ng cho tre\u0309 em ta\u0323i tra\u0323m y tê\u0301 xa\u0303, sa\u0301ng thư\u0301 ba."
    raw = marked if encoding == "cp1258" else text  # this encoding writes tones as marks of their own
    head = f"Content-Type: text/plain; charset={charset}\r\n" if charset else ""
    body = f"{head}Content-Transfer-Encoding: 8bit\r\n\r\n".encode() + raw.encode(encoding)
    assert parts_of(body).text.strip() == text


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        ("=?utf-8?q?L=E1=BB?= =?utf-8?q?=8Bch h=E1=BB=8Dp?=", "Lịch họp"),
        ("=?us-ascii?b?TOG7i2No?=", "Lịch"),
        ("Lịch họp", "Lịch họp"),
        ("=?khong-co?q?abc?=", "abc"),
        ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
    ],
)
def test_subjects_are_decoded_whatever_they_declare(header: str, subject: str) -> None:
    assert words_text(header) == subject


def test_subject_alone_is_an_announcement(post: Post) -> None:
    post.put(letter("Tối nay cắt điện từ 19 giờ", ""))
    post.poll()
    (one,) = post.announcements()
    assert (one.title, one.text, one.kind) == ("Tối nay cắt điện từ 19 giờ", "", "text")


def test_documents_and_pictures_of_a_letter_go_together(post: Post, tmp_path: Path) -> None:
    picture = made.picture(tmp_path / "x.jpg").read_bytes()
    post.put(
        letter(files=(("image/jpeg", "ảnh.jpg", picture), ("application/octet-stream", "lịch", pdf(tmp_path, 2))))
    )
    post.poll()
    (one,) = post.announcements()
    assert (one.kind, len(one.attachments)) == ("pdf", 3)
    assert one.attachments[0].alt.startswith("Trang 1 trên 2")
    assert [(file.name, file.type) for file in one.originals] == [("lịch.pdf", "application/pdf")]
    stored = {path.stem for path in post.media.iterdir()}
    assert stored == {file.hash for file in one.attachments} | {one.originals[0].hash}


def test_signatures_of_a_pdf_are_checked_and_told_with_the_announcement(post: Post, tmp_path: Path) -> None:
    authority = root()
    post.roots = tmp_path / "roots"
    post.roots.mkdir()
    (post.roots / "goc.pem").write_bytes(authority.pem)
    raw = signed(plain(tmp_path), issued(authority), NOW - timedelta(days=4))
    post.put(letter(files=(("application/pdf", "quyết định.pdf", raw),)))
    post.poll()
    (file,) = signatures.of_announcement(post.office.db, post.announcements()[0])
    assert file.name == "quyết định.pdf"
    assert [(one.state, one.signer) for one in file.signatures] == [("good", NAME)]


def test_a_workbook_becomes_a_table(post: Post, tmp_path: Path) -> None:
    book = made.sheet(tmp_path / "x.xlsx", [["Ngày", "Ca"], ["10/3", "Sáng"]]).read_bytes()
    post.put(letter(files=(("application/octet-stream", "lịch.xlsx", book),)))
    post.poll()
    (one,) = post.announcements()
    assert (one.kind, one.table) == ("table", (("Ngày", "Ca"), ("10/3", "Sáng")))


def test_files_of_attached_letters_are_taken_and_logos_are_not(post: Post, tmp_path: Path) -> None:
    inner = EmailMessage()
    inner["Subject"] = "Bên trong"
    inner.set_content("Chữ bên trong")
    inner.add_attachment(pdf(tmp_path), maintype="application", subtype="pdf", filename="trong.pdf")
    one = letter()
    one.add_attachment(inner)
    logo = EmailMessage()
    logo.set_content(made.picture(tmp_path / "x.jpg", (20, 20)).read_bytes(), maintype="image", subtype="jpeg")
    logo["Content-ID"] = "<logo@minhtan.vn>"
    one.attach(logo)
    post.put(one)
    post.poll()
    (found,) = post.announcements()
    assert (found.kind, len(found.attachments)) == ("pdf", 1)
    assert found.text == "19 giờ tối nay, tại nhà văn hóa."


def test_winmail_dat_is_refused_in_words(post: Post) -> None:
    outlook = ("application/ms-tnef", "winmail.dat", b"x\x9f>\x22")
    post.put(letter(text="", files=(outlook,)), letter(id="<2@minhtan.vn>", files=(outlook,)))
    post.poll()
    assert post.reasons() == ["winmail", "taken"]
    assert all("winmail.dat" in one.text and "Outlook" in one.text for one in post.mails())
    assert "winmail.dat" in post.letters()[1].detail


def test_refused_files_are_named_in_the_answer_and_beside_the_announcement(post: Post, tmp_path: Path) -> None:
    bomb = made.picture_bomb
    bomb(tmp_path / "bom.png")
    raw = (tmp_path / "bom.png").read_bytes()
    post.put(letter(files=(("image/png", "bom.png", raw), ("application/x-msdownload", "virus.exe", b"MZ\0\0"))))
    post.poll()
    (answer,) = post.mails()
    assert "Tệp «bom.png» không nhận được:" in answer.text
    assert "Tệp «virus.exe» không nhận được: Chỉ nhận ảnh" in answer.text
    assert "virus.exe" in post.letters()[0].detail
    assert post.announcements()[0].kind == "text"


def test_a_letter_with_nothing_but_refused_files_is_refused(post: Post) -> None:
    post.put(letter("Tệp", "", files=(("application/x-msdownload", "virus.exe", b"MZ\0\0"),)))
    post.poll()
    assert post.reasons() == ["empty"]
    assert "virus.exe" in post.mails()[0].text


def test_word_files_need_libreoffice_and_become_pages(post: Post, tmp_path: Path) -> None:
    word = (("application/msword", "báo cáo.docx", DOCX),)
    post.put(letter(files=word))
    post.poll()
    assert "chưa đọc được tệp Word" in post.mails()[0].text
    (tmp_path / "mẫu.pdf").write_bytes(pdf(tmp_path, 2))
    post.program = libreoffice(tmp_path, f"cp '{tmp_path}/mẫu.pdf' \"$OUT/file.pdf\"\n")
    post.put(letter(id="<2@minhtan.vn>", files=word))
    post.poll()
    assert (post.announcements()[1].kind, len(post.announcements()[1].attachments)) == ("pdf", 2)


@pytest.mark.parametrize("script", ["exit 0\n", 'touch "$OUT/file.pdf"\n', "exit 1\n"])
def test_libreoffice_without_a_result_is_a_refusal(tmp_path: Path, script: str) -> None:
    (tmp_path / "work").mkdir()
    with pytest.raises(ParseError, match="Không chuyển được"):
        office.to_pdf(tmp_path / "x.docx", tmp_path / "work", program=libreoffice(tmp_path, script))


def test_libreoffice_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    program = libreoffice(tmp_path, "sleep 600 &\nsleep 600\n")
    with pytest.raises(ParseError, match="quá nhiều thời gian"):
        office.to_pdf(tmp_path / "x.docx", tmp_path / "work", program=program, seconds=0.2)


def test_an_edxml_document_goes_its_own_way(post: Post) -> None:
    xml = b'<?xml version="1.0"?><edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"/>'
    document = (("application/xml", "cv.xml", xml),)
    post.put(letter(text="", files=document))
    post.poll()
    assert "chưa nhận văn bản điện tử" in post.mails()[0].text
    taken: list[tuple[bytes, str, str]] = []

    def take(body: bytes, actor: str, area: str) -> str:
        taken.append((body.strip(), actor, area))
        return "Văn bản số 12 đã thành bản nháp."

    post.take_document = take
    post.put(letter(id="<2@minhtan.vn>", files=document))
    post.poll()
    assert taken == [(xml, "mail:lan@minhtan.vn", "xa-minh-tan")]
    assert post.reasons() == ["document-refused", "document"]
    assert "Văn bản số 12 đã thành bản nháp." in post.mails()[1].text
    assert post.announcements() == []


def test_nothing_of_a_letter_with_a_secret_document_is_kept(post: Post, tmp_path: Path) -> None:
    def refuse(body: bytes, actor: str, area: str) -> str:
        raise ParseError("Văn bản có dấu mật, nên không nhận và không giữ lại.", "secret")

    post.take_document = refuse
    xml = ("application/xml", "cv.xml", b"<edXML/>")
    post.put(letter("Kế hoạch Alpha", files=(("application/pdf", "alpha.pdf", pdf(tmp_path)), xml)))
    post.poll()
    (row,) = post.letters()
    (answer,) = post.mails()
    assert (row.reason, row.subject) == ("document-refused", "")
    assert "dấu mật" in answer.text
    assert "Alpha" not in answer.subject + answer.text + row.detail
    assert post.announcements() == []
    assert list(post.media.iterdir()) == []


def test_encrypted_letters_are_refused_in_words(post: Post) -> None:
    one = letter(text="")
    one.set_content(b"\x30\x82", maintype="application", subtype="pkcs7-mime")
    post.put(one)
    post.poll()
    assert post.reasons() == ["empty"]
    assert "mã hóa" in post.mails()[0].text


def test_letters_nested_too_deeply_or_in_too_many_parts_are_refused() -> None:
    deep = b"".join(
        f"Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n".encode() for number in range(2000)
    )
    many = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 500
    for raw in (deep, many):
        with pytest.raises(Unreadable):
            parts_of(raw)


@given(st.binary(max_size=400))
def test_any_bytes_are_taken_apart_or_refused(raw: bytes) -> None:
    try:
        parts_of(raw)
    except Unreadable:
        return


@given(st.text(max_size=200))
def test_any_header_is_decoded(text: str) -> None:
    assert isinstance(words_text(text), str)
