"""Files of announcements: uploads, what the worker makes of them, and the media library."""

from __future__ import annotations

import io
import re
from html import unescape
from pathlib import Path

from server.core.announcements.table_text import rows_of
from server.core.model import Attachment
from server.media.importer import file_sandbox
from server.store.announcements import announcements
from server.store.media import library, uploads
from server.worker.uploads import UploadImporter
from tests import cast
from tests.cast import EDITOR, NOW, OPERATOR
from tests.desk.announcements.forms import write
from tests.desk.office import Office
from tests.media import made
from tests.store.media.test_library import library_file


def worker(office: Office) -> UploadImporter:
    for name in ("media", "uploads"):
        (office.folder / name).mkdir(exist_ok=True)
    return UploadImporter(office.db, office.folder / "uploads", office.folder / "media", office.clock, file_sandbox())


def test_a_pdf_is_uploaded_opened_by_the_worker_and_posted(office: Office, tmp_path: Path) -> None:
    browser = office.browser(OPERATOR)
    body = made.pdf(tmp_path / "lich.pdf", [made.A4, made.A4]).read_bytes()
    sent = {"area": "xa-minh-tan", "file": (io.BytesIO(body), "C:\\fakepath\\lich họp.pdf")}
    page = browser.post("/desk/compose/files", sent, content_type="multipart/form-data").text
    waits = re.search(r'data-waits="([^"]+)"', page)
    assert waits is not None
    assert "lich họp.pdf" in page
    assert "data-waits" in browser.get(waits[1]).text
    worker(office).tick()
    done = browser.get(waits[1]).text
    hashes = re.findall(r'name="file" value="([0-9a-f]{16})"', done)
    assert len(hashes) == 2
    assert 'data-kind="pdf"' in done
    assert office.browser(EDITOR).get(waits[1]).status_code == 404
    write(browser, kind="pdf", file=hashes, **{f"alt-{hashes[0]}": "Lịch trực"})
    (one,) = announcements.all(office.db)
    assert [file.hash for file in one.attachments] == hashes
    assert one.attachments[0].alt == "Lịch trực"
    assert "lich họp.pdf, trang 1" in browser.get("/desk/media/").text


def test_people_get_the_file_only_while_nothing_was_left_out_of_it(office: Office, tmp_path: Path) -> None:
    browser = office.browser(OPERATOR)
    body = made.pdf(tmp_path / "lich.pdf", [made.A4, (842, 595)]).read_bytes()
    sent = {"area": "xa-minh-tan", "file": (io.BytesIO(body), "Lịch họp.pdf")}
    page = browser.post("/desk/compose/files", sent, content_type="multipart/form-data").text
    waits = re.search(r'data-waits="([^"]+)"', page)
    assert waits is not None
    worker(office).tick()
    done = browser.get(waits[1]).text
    (hash,) = re.findall(r'name="original-file" value="([0-9a-f]{16})"', done)
    pages = re.findall(r'name="file" value="([0-9a-f]{16})"', done)
    assert "PDF, " in done
    named = {"kind": "pdf", "original-file": [hash, "f" * 16], f"original-name-{hash}": "Lịch họp.exe"}
    write(browser, file=pages, **named)
    (one,) = announcements.all(office.db)
    assert [(file.hash, file.name, file.size) for file in one.originals] == [(hash, "Lịch họp.pdf", len(body))]
    assert f'value="{hash}"' in browser.get(f"/desk/compose/{one.id}").text
    write(browser, file=pages[:1], **named)
    assert announcements.all(office.db)[0].originals == ()


def test_a_refused_file_says_why(office: Office) -> None:
    browser = office.browser(OPERATOR)
    sent = {"area": "xa-minh-tan", "file": (io.BytesIO(b"<svg/>"), "a.png")}
    page = browser.post("/desk/compose/files", sent, content_type="multipart/form-data").text
    waits = re.search(r'data-waits="([^"]+)"', page)
    assert waits is not None
    worker(office).tick()
    assert "Chỉ nhận ảnh JPEG" in browser.get(waits[1]).text
    assert library.listed(office.db, ["xa-minh-tan"]) == ()


def test_the_note_on_a_table_and_its_cells_in_quotes_reach_the_writer(office: Office) -> None:
    browser = office.browser(OPERATOR)
    csv = 'Lịch họp quý I\nNgày;Việc\n04/01;"""Bà Lan"" chủ trì"\n05/01;Giao ban\n'
    sent = {"area": "xa-minh-tan", "file": (io.BytesIO(csv.encode()), "lich.csv")}
    page = browser.post("/desk/compose/files", sent, content_type="multipart/form-data").text
    waits = re.search(r'data-waits="([^"]+)"', page)
    assert waits is not None
    worker(office).tick()
    done = browser.get(waits[1]).text
    assert "«Lịch họp quý I»" in done
    box = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", done, re.DOTALL)
    assert box is not None
    assert rows_of(unescape(box[1]))[1] == ("04/01", '"Bà Lan" chủ trì')


def test_a_file_that_is_not_in_the_library_cannot_be_used(office: Office) -> None:
    page = write(office.browser(OPERATOR), kind="pictures", file="f" * 16)
    assert page.status_code == 422
    assert "Chưa có ảnh nào" in page.text


def test_the_library_shows_uses_and_saves_descriptions(office: Office) -> None:
    library.put(office.db, library_file())
    one = cast.announcement(
        area="xa-minh-tan",
        kind="pictures",
        attachments=(Attachment(library_file().hash, "", 9, 9),),
        title="Ảnh sân đình",
    )
    announcements.post(office.db, one, actor="hoa")
    browser = office.browser(OPERATOR)
    page = browser.get(f"/desk/media/{library_file().hash}").text
    assert "Ảnh sân đình" in page
    browser.post(
        f"/desk/media/{library_file().hash}",
        {"name": "Sân đình", "alt": "Sân đình ngày hội", "expires": "2026-04-01"},
    )
    found = library.get(office.db, library_file().hash)
    assert found.alt == "Sân đình ngày hội"
    assert found.expires is not None
    file = office.folder / "media" / f"{library_file().hash}.webp"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"x")
    browser.post(f"/desk/media/{library_file().hash}/remove")
    assert library.get(office.db, library_file().hash) == found
    announcements.withdraw(office.db, 1, actor="hoa", now=NOW)
    browser.post(f"/desk/media/{library_file().hash}/remove")
    assert not file.exists()
    assert library.listed(office.db, ["xa-minh-tan"]) == ()
    assert uploads.claim(office.db, NOW) is None
