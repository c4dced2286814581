"""The watched folder: half-written files wait, taken ones go to done/, others to refused/ with the reason."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from server.media.importer import file_sandbox
from server.setup.config import Config
from server.store.announcements import announcements
from server.store.media import signatures
from server.store.notices import notices
from server.worker.source_system.file_drop import UNFINISHED_FOR, FileDrop
from tests.cast import DAY, NOW
from tests.desk.conftest import office, office_template
from tests.desk.office import Office
from tests.signing import issued, plain, root, signed

__all__ = ["office", "office_template"]  # fixtures that pytest finds by their names here


@dataclass
class DropCase:
    """An office whose worker watches a folder; files are written at the office's time."""

    office: Office
    folder: Path
    drop: FileDrop

    def write(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        now = self.office.now.timestamp()
        os.utime(path, (now, now))
        return path

    def bulletin(self, name: str = "a.json", **changes: Any) -> Path:
        given = {
            "maBanTin": name, "mucDoUuTien": "2", "tieuDe": "Lịch tiêm chủng", "noiDung": "Sáng thứ Ba.",
            "maDiaBan": ["xa-minh-tan"], "denNgay": (NOW + 9 * DAY).isoformat(), **changes,
        }  # fmt: skip
        return self.write(name, json.dumps(given).encode())

    def settled(self, seconds: float = 3) -> int:
        """Lets time pass, so that files count as written; returns how many the worker has handled."""
        self.office.later(seconds=seconds)
        return self.drop.tick()

    def names(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.folder / folder).glob("*"))

    def reason(self, name: str) -> str:
        return (self.folder / "refused" / f"{name}.txt").read_text("utf-8")


@pytest.fixture
def case(office: Office, tmp_path: Path) -> Iterator[DropCase]:
    folder = tmp_path / "tha-tin"
    folder.mkdir()
    section = {"folder": "tha-tin", "areas": ["xa-minh-tan"], "air": ["xa-minh-tan"]}
    config = Config.model_validate({"source_system": section})
    sandbox = file_sandbox()
    media = tmp_path / "media"
    media.mkdir()
    drop = FileDrop(office.db, config, tmp_path, media, office.clock, sandbox, roots=tmp_path / "roots")
    yield DropCase(office, folder, drop)
    sandbox.close()


def test_a_bulletin_is_taken_once_it_is_settled(case: DropCase) -> None:
    case.bulletin()
    assert (case.drop.tick(), case.names("done")) == (0, [])
    assert case.settled() == 1
    assert (case.names("done"), list(case.folder.glob("*.json"))) == (["a.json"], [])
    (made,) = announcements.all(case.office.db)
    assert (made.state, made.area, made.created_by) == ("approved", "xa-minh-tan", "source-system")
    case.bulletin()  # the same one again: taken once, and kept beside the first
    assert case.settled() == 1
    assert (len(announcements.all(case.office.db)), case.names("done")) == (1, ["a-2.json", "a.json"])


def test_a_half_written_file_waits_and_is_refused_when_it_stays_so(case: DropCase) -> None:
    whole = case.bulletin().read_bytes()
    case.write("a.json", whole[:40])
    assert case.settled() == 0
    case.write("a.json", whole)
    assert (case.settled(), case.names("refused")) == (1, [])
    case.write("b.json", b'{"maBanTin": ')
    assert (case.settled(), case.settled(UNFINISHED_FOR.total_seconds())) == (0, 1)
    assert case.names("refused") == ["b.json", "b.json.txt"]
    assert case.reason("b.json") == "Không nhận b.json.\nTệp không phải JSON trọn vẹn, mã UTF-8.\n"


def test_a_bulletin_waits_for_its_files_and_takes_them_with_it(case: DropCase) -> None:
    case.bulletin(tepDinhKem=["so-do.png"])
    assert (case.settled(), announcements.all(case.office.db)) == (0, ())
    picture = case.folder / "so-do.png"
    Image.new("RGB", (640, 360), "navy").save(picture)
    case.write("so-do.png", picture.read_bytes())
    assert case.settled() == 1
    (made,) = announcements.all(case.office.db)
    assert (made.kind, len(made.attachments), case.names("done")) == ("pictures", 1, ["a.json", "so-do.png"])


def test_a_pdf_of_one_page_is_a_document_and_its_signature_is_checked(case: DropCase, tmp_path: Path) -> None:
    authority = root()
    (tmp_path / "roots").mkdir()
    (tmp_path / "roots" / "goc.pem").write_bytes(authority.pem)
    case.bulletin(tepDinhKem=["quyet-dinh.pdf"])
    case.write("quyet-dinh.pdf", signed(plain(tmp_path), issued(authority), NOW - DAY))
    assert case.settled() == 1
    (made,) = announcements.all(case.office.db)
    assert (made.kind, len(made.attachments)) == ("pdf", 1)
    (file,) = signatures.of_announcement(case.office.db, made)
    assert (file.name, [one.state for one in file.signatures]) == ("quyet-dinh.pdf", ["good"])


def test_a_missing_or_broken_file_is_named(case: DropCase) -> None:
    case.bulletin("a.json", tepDinhKem=["khong-co.pdf"])
    case.bulletin("b.json", tepDinhKem=["hong.pdf"])
    case.write("hong.pdf", b"%PDF-1.7 hong")
    case.settled()
    case.settled(UNFINISHED_FOR.total_seconds())
    assert "Không có tệp kèm khong-co.pdf" in case.reason("a.json")
    assert "Tệp kèm hong.pdf: " in case.reason("b.json")
    assert "hong.pdf" in case.names("refused")


def test_an_urgent_bulletin_is_shown_at_once_and_recalled(case: DropCase) -> None:
    case.bulletin("a.json", mucDoUuTien="khẩn cấp", tieuDe="Vỡ đê")
    case.settled()
    (live,) = notices.live(case.office.db, case.office.now)
    assert (live.headline, live.sender) == ("Vỡ đê", "Hệ thống thông tin nguồn")
    case.write("b.json", json.dumps({"thuHoiBanTin": "a.json"}).encode())
    case.write("c.json", json.dumps({"thuHoiBanTin": "khong-co"}).encode())
    assert (case.settled(), notices.live(case.office.db, case.office.now)) == (2, ())
    assert "Không có bản tin số khong-co" in case.reason("c.json")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"maDiaBan": ["99999", "Xã Lạ"]}, "Không có đơn vị nào mang mã 99999, Xã Lạ."),
        ({"maDiaBan": ["xa-dong-hai"]}, "Nơi gửi này không được gửi bản tin cho Xã Đông Hải."),
        ({"tieuDe": ""}, "Bản tin chưa có tiêu đề."),
        ({"tepDinhKem": ["../bangtin.db"]}, "chỉ nhận tên tệp ở cùng thư mục"),
        ({"thayTheBanTin": "khong-co"}, "Không có bản tin số khong-co để thay."),
    ],
)
def test_a_wrong_bulletin_is_refused_in_vietnamese(case: DropCase, changes: dict[str, Any], said: str) -> None:
    case.bulletin(**changes)
    assert (case.settled(), announcements.all(case.office.db)) == (1, ())
    assert said in case.reason("a.json")


def test_links_and_other_files_are_left_alone(case: DropCase, tmp_path: Path) -> None:
    (tmp_path / "ngoai.json").write_text("{}")
    (case.folder / "link.json").symlink_to(tmp_path / "ngoai.json")
    case.write("ghi-chu.txt", b"x")
    case.write(".a.json", b"{}")
    assert case.settled(600) == 0
    case.office.set_clock(timedelta(days=-1))  # a file from the future is not taken for a new one for ever
    case.bulletin("b.json")
    case.office.set_clock(timedelta(days=1))
    assert case.settled() == 1
