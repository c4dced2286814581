"""Uploaded files become attachments or a table, or are refused with a reason; bombs can end only the child."""

from __future__ import annotations

import shutil
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path

import pytest
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

from feeds.errors import ParseError
from feeds.sandbox import pack
from feeds.sandbox.isolate import SandboxProcess
from server.media import kinds, pdf, video
from server.media.importer import MEBIBYTES, ImportedFile, file_sandbox, import_file
from tests.media import made
from tests.media.made import VideoOptions

REPORTS_ITS_LIMIT = """
import resource
from feeds.sandbox.child import main
main({"limit": lambda task, body: ({"limit": resource.getrlimit(resource.RLIMIT_AS)[0]}, b"")})
"""


@pytest.fixture(scope="module")
def child() -> Iterator[SandboxProcess]:
    """The sandbox process that all tests share whose files are not meant to end it."""
    one = file_sandbox()
    yield one
    one.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "media").mkdir()
    return tmp_path / "media"


def imported(path: Path, folder: Path, child: SandboxProcess) -> ImportedFile:
    """Imports a copy of a file under a name without an extension, as the desk stores uploads."""
    return import_file(Path(shutil.copyfile(path, path.with_name("upload"))), folder=folder, sandbox=child)


def refused(path: Path, folder: Path, child: SandboxProcess) -> str:
    with pytest.raises(ParseError) as caught:
        import_file(path, folder=folder, sandbox=child)
    assert list(folder.iterdir()) == []
    return caught.value.code


def test_a_picture_is_written_anew_whatever_its_name(tmp_path: Path, folder: Path, child: SandboxProcess) -> None:
    (one,) = imported(made.picture(tmp_path / "anh.pdf", (3000, 1500)), folder, child).attachments
    assert (one.type, one.width, one.height) == ("image/webp", 1920, 960)
    with Image.open(folder / f"{one.hash}.webp") as image:
        assert (image.format, image.size) == ("WEBP", (1920, 960))


def test_every_page_of_a_pdf_in_its_order_with_its_words(tmp_path: Path, folder: Path, child: SandboxProcess) -> None:
    path = made.pdf(tmp_path / "lich.pdf", [made.A4, (842, 595), made.A4], extra=made.CORNERS)
    pages = imported(path, folder, child).attachments
    assert [(page.width, page.height) for page in pages] == [(1920, 2716), (2716, 1920), (1920, 2716)]
    assert [page.alt for page in pages] == [f"Trang {n} trên 3: Lich tiep cong dan {n}" for n in (1, 2, 3)]
    assert {f"{page.hash}.webp" for page in pages} == {file.name for file in folder.glob("*.webp")}


def test_a_document_is_kept_as_it_came_and_a_photo_is_not(
    tmp_path: Path, folder: Path, child: SandboxProcess
) -> None:
    path = made.pdf(tmp_path / "lich.pdf", [made.A4])
    kept = imported(path, folder, child).original
    assert kept is not None
    assert (kept.type, kept.size) == ("application/pdf", path.stat().st_size)
    assert (folder / f"{kept.hash}.pdf").read_bytes() == path.read_bytes()
    assert imported(made.picture(tmp_path / "anh.jpg"), folder, child).original is None


def hide_column(page: Worksheet) -> None:
    page.column_dimensions["B"].hidden = True


def hide_row(page: Worksheet) -> None:
    page.row_dimensions[2].hidden = True


def strike(page: Worksheet) -> None:
    page["B2"].font = Font(strike=True)


def second_sheet(page: Worksheet) -> None:
    assert page.parent is not None
    page.parent.create_sheet("Khác").append(["a", "b"])


def hidden_sheet(page: Worksheet) -> None:
    assert page.parent is not None
    page.parent.create_sheet("Khác").sheet_state = "hidden"


@pytest.mark.parametrize("change", [hide_column, hide_row, strike, second_sheet, hidden_sheet])
def test_a_workbook_that_conceals_something_is_not_kept(
    tmp_path: Path, folder: Path, child: SandboxProcess, change: Callable[[Worksheet], object]
) -> None:
    rows = [("Hộ", "Số", "Mức"), ("Lan", "038", 5), ("An", "039", 6)]
    told = imported(made.workbook(tmp_path / "ho.xlsx", rows, change), folder, child)
    assert told.original is None
    assert list(folder.iterdir()) == []
    open_one = imported(made.workbook(tmp_path / "mo.xlsx", rows, lambda page: page), folder, child)
    assert open_one.original is not None


@pytest.mark.parametrize(("name", "codec"), [("phim.mp4", "libx264"), ("phim.webm", "libvpx-vp9")])
def test_a_video_that_screens_play_is_kept_as_it_is(
    tmp_path: Path, folder: Path, child: SandboxProcess, name: str, codec: str
) -> None:
    path = made.video(tmp_path / name, codec=codec)
    (one,) = imported(path, folder, child).attachments
    kind = name.split(".")[1]
    assert (one.type, one.width, one.height, round(one.seconds)) == (f"video/{kind}", 320, 180, 2)
    assert (folder / f"{one.hash}.{kind}").read_bytes() == path.read_bytes()


def test_a_workbook_as_people_write_its_cells(tmp_path: Path, folder: Path, child: SandboxProcess) -> None:
    rows: list[list[object]] = [
        ["Thôn", None, "Ngày", "Giờ", "Tỷ lệ"],
        [],
        ["Đông ", 12.0, date(2026, 3, 9), time(7, 30), 0.5],
        ["Đoài", 2026, datetime(2026, 3, 9, 8), None, True],  # noqa: DTZ001 - a workbook knows no zones
    ]
    assert imported(made.sheet(tmp_path / "bang.xlsx", rows), folder, child).table == (
        ("Thôn", "", "Ngày", "Giờ", "Tỷ lệ"),
        ("Đông", "12", "09/03/2026", "7:30:00", "0,5"),
        ("Đoài", "2026", "08:00 09/03/2026", "", "có"),
    )


# The codes of the letters in the test's table by TCVN 5712:1993.
TCVN3 = dict(zip("ệốĐôàờộòã", bytes.fromhex("d6e8a7abb5eae9dfb7"), strict=True))


def windows_1258(text: str) -> bytes:
    """The text in windows-1258 as old spreadsheets save it: tones without a precomposed letter follow as marks."""
    out = b""
    for letter in text:
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            marks = unicodedata.normalize("NFD", letter)
            tone = next(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
            out += unicodedata.normalize("NFC", marks.replace(tone, "")).encode("cp1258") + tone.encode("cp1258")
    return out


def tcvn3(text: str) -> bytes:
    """The text in TCVN3, the encoding of Vietnamese fonts of the 1990s."""
    return bytes(TCVN3.get(letter, ord(letter) & 0xFF) for letter in text)


@pytest.mark.parametrize("encode", [windows_1258, tcvn3])
def test_a_saved_table_in_the_encodings_of_old_spreadsheets(
    tmp_path: Path, folder: Path, child: SandboxProcess, encode: Callable[[str], bytes]
) -> None:
    path = tmp_path / "bang.csv"
    path.write_bytes(encode("hộ;giờ\nbà Lộc;7 giờ\nĐông, số 9;9 giờ\n"))
    assert imported(path, folder, child).table == (("hộ", "giờ"), ("bà Lộc", "7 giờ"), ("Đông, số 9", "9 giờ"))


def test_a_short_table_in_windows_1258(tmp_path: Path, folder: Path, child: SandboxProcess) -> None:
    path = tmp_path / "bang.csv"
    path.write_bytes(windows_1258("Ngày;a\n1;2"))
    assert imported(path, folder, child).table == (("Ngày", "a"), ("1", "2"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_saved_table_in_the_encodings_of_spreadsheets(
    tmp_path: Path, folder: Path, child: SandboxProcess, encoding: str
) -> None:
    path = tmp_path / "bang.csv"
    path.write_text("Thôn;Giờ\nĐông;7 giờ\n", encoding=encoding)
    assert imported(path, folder, child).table == (("Thôn", "Giờ"), ("Đông", "7 giờ"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xef\xbb\xbf <html></html>",
        b"<?xml version='1.0'?><svg/>",
        b"MZ\x90\x00\x03",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x00\x00\x00\x18ftypheic",
    ],
)
def test_other_kinds_of_files_are_refused_by_content(
    tmp_path: Path, folder: Path, child: SandboxProcess, body: bytes
) -> None:
    path = tmp_path / "anh.png"
    path.write_bytes(body)
    assert refused(path, folder, child) == "type"


@pytest.mark.parametrize("part", ["word/document.xml", "ppt/presentation.xml", "mimetype"])
def test_other_documents_are_refused_with_the_remedy(
    tmp_path: Path, folder: Path, child: SandboxProcess, part: str
) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, "<document/>")
    with pytest.raises(ParseError, match="hãy lưu thành PDF"):
        import_file(path, folder=folder, sandbox=child)


def test_a_zip_that_is_no_workbook(tmp_path: Path, folder: Path, child: SandboxProcess) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(100))
    assert refused(path, folder, child) == "sheet"


@pytest.mark.parametrize(
    ("kind", "start"), [("picture", b"\x89PNG\r\n\x1a\n"), ("pdf", b"%PDF-1.7"), ("mp4", b"\0\0\0\x18ftypisom")]
)
def test_too_many_bytes_are_refused_before_anything_is_opened(
    tmp_path: Path, folder: Path, child: SandboxProcess, kind: kinds.FileKind, start: bytes
) -> None:
    path = tmp_path / "lon"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(kinds.LARGEST[kind] + 1)  # a sparse file, which takes no space on disk
    assert refused(path, folder, child) == "too-large"


@pytest.mark.parametrize(
    ("pages", "code"),
    [
        ([(200_000, 200_000)], "pdf-size"),
        ([made.A4, (14_000, 100)], "pdf-size"),
        ([made.A4] * (pdf.MOST_PAGES + 1), "pdf-pages"),
        ([], "pdf-damaged"),
    ],
)
def test_pages_are_judged_before_any_is_drawn(
    tmp_path: Path, folder: Path, child: SandboxProcess, pages: list[tuple[int, int]], code: str
) -> None:
    assert refused(made.pdf(tmp_path / "a.pdf", pages), folder, child) == code


def test_a_damaged_pdf(tmp_path: Path, folder: Path, child: SandboxProcess) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7 and nothing more")
    assert refused(path, folder, child) == "pdf-damaged"


@pytest.mark.parametrize(
    ("name", "options", "code"),
    [
        ("a.mp4", {"codec": "mpeg4"}, "video-codec"),
        ("a.mp4", {"size": (2560, 1440), "seconds": 1}, "video-size"),
        ("a.mp4", {"samples": "yuv444p"}, "video-codec"),
        ("a.mp4", {"seconds": 0.2}, "video-length"),
        ("a.webm", {"codec": "libvpx"}, "video-codec"),
    ],
)
def test_a_video_that_some_screen_cannot_play_says_why(
    tmp_path: Path, folder: Path, child: SandboxProcess, name: str, options: VideoOptions, code: str
) -> None:
    assert refused(made.video(tmp_path / name, **options), folder, child) == code


@pytest.mark.parametrize(("name", "codec"), [("a.webm", "libvpx-vp9"), ("a.mp4", "libx264")])
def test_the_length_of_a_film_is_that_of_its_pictures(
    tmp_path: Path, folder: Path, child: SandboxProcess, name: str, codec: str
) -> None:
    (one,) = imported(made.video(tmp_path / name, codec=codec, seconds=3, live=True), folder, child).attachments
    assert abs(one.seconds - 3) < 0.2


def test_a_recording_that_is_too_long_is_not_called_damaged(
    tmp_path: Path, folder: Path, child: SandboxProcess
) -> None:
    path = made.video(tmp_path / "a.webm", codec="libvpx-vp9", size=(32, 32), seconds=301, live=True)
    with pytest.raises(ParseError, match=r"dài 301 giây; nhận từ 1 đến 300"):
        imported(path, folder, child)


def test_a_film_that_is_too_long(tmp_path: Path, folder: Path, child: SandboxProcess) -> None:
    path = made.video(tmp_path / "a.mp4", size=(32, 32), seconds=video.LONGEST_SECONDS + 2)
    assert refused(path, folder, child) == "video-length"


def test_a_playlist_that_names_other_files_is_no_video(tmp_path: Path, folder: Path, child: SandboxProcess) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n")
    assert (
        imported(path, folder, child).attachments == ()
    )  # it is read as two lines of text, and no other file is opened


def test_a_video_cut_short(tmp_path: Path, folder: Path, child: SandboxProcess) -> None:
    path = made.video(tmp_path / "a.mp4")
    path.write_bytes(path.read_bytes()[:200])
    assert refused(path, folder, child) == "video-damaged"


def test_no_file_can_take_more_than_300_mb(tmp_path: Path, folder: Path) -> None:
    limited = SandboxProcess(MEBIBYTES, (sys.executable, "-P", "-c", REPORTS_ITS_LIMIT, str(MEBIBYTES)))
    answer, _ = limited.run({"task": "limit"}, b"", 20)
    limited.close()
    assert pack.field(answer, "limit", int) < 300_000_000


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("a.png", made.picture_bomb, "picture-too-large"),
        ("a.pdf", made.pdf_bomb, ""),
        ("a.xlsx", made.sheet_bomb, "too-large"),
        ("b.xlsx", made.lying_sheet_bomb, ""),
        ("c.xlsx", made.laughing_sheet, ""),
    ],
)
def test_bombs_are_refused_with_a_reason(
    tmp_path: Path, folder: Path, name: str, make: Callable[[Path], Path], code: str
) -> None:
    alone = file_sandbox()
    reason = refused(make(tmp_path / name), folder, alone)
    assert reason == code or (not code and reason in ("killed", "memory", "pdf-damaged", "sheet"))
    alone.close()


def test_after_a_bomb_the_next_file_is_imported(tmp_path: Path, folder: Path) -> None:
    small = file_sandbox()
    with pytest.raises(ParseError):
        import_file(made.pdf_bomb(tmp_path / "a.pdf"), folder=folder, sandbox=small)
    assert len(imported(made.picture(tmp_path / "b.jpg"), folder, small).attachments) == 1
    small.close()
