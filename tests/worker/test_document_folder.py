"""The watched folder of electronic documents: what is half written waits, what is taken or refused is moved away."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from feeds.errors import ParseError
from server.core.model import FOLDER_ACTOR, DocumentWay
from server.store.database.errors import StoreAway
from server.worker.document_folder import MOST_AT_ONCE, DocumentFolder
from tests.cast import NOW


@dataclass
class Intake:
    """Notes what it is given, and raises what the test says."""

    errors: list[Exception] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)

    def take_document(self, body: bytes, *, way: DocumentWay, actor: str, area: str) -> object:
        assert (way, actor, area) == ("folder", FOLDER_ACTOR, "xa-minh-tan")
        if self.errors:
            raise self.errors.pop()
        self.taken.append(body)
        return None


@dataclass
class Case:
    folder: Path
    intake: Intake
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.watcher = DocumentFolder(self.intake, self.folder, "xa-minh-tan", lambda: self.now)

    def put(self, name: str, body: bytes = b"<a/>") -> Path:
        path = self.folder / name
        path.write_bytes(body)
        os.utime(path, (self.now.timestamp(), self.now.timestamp()))
        return path

    def ticks(self) -> None:
        self.watcher.tick()
        self.watcher.tick()

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = Case(tmp_path / "den", Intake())
    made.watcher.tick()
    return made


def test_a_file_is_taken_when_it_does_not_change_any_more(case: Case) -> None:
    path = case.put("vb.edxml", b"<a>")
    case.watcher.tick()
    path.write_bytes(b"<a></a>")
    case.watcher.tick()
    assert case.intake.taken == []
    case.watcher.tick()
    assert (case.intake.taken, case.files()) == ([b"<a></a>"], ["done/vb.edxml"])


def test_files_that_are_being_copied_wait(case: Case) -> None:
    for name in (".vb.edxml", "vb.edxml.part", "vb.edxml.tmp"):
        case.put(name)
    case.ticks()
    assert case.intake.taken == []


def test_a_second_file_of_the_same_name_overwrites_nothing(case: Case) -> None:
    case.put("vb.edxml", b"1")
    case.ticks()
    case.put("vb.edxml", b"2")
    case.ticks()
    assert len(case.files()) == 2


def test_a_refused_file_has_a_text_that_says_why(case: Case) -> None:
    case.put("vb.edxml")
    case.intake.errors = [ParseError("Tệp này không phải văn bản điện tử.", "not-edxml")]
    case.ticks()
    assert case.files() == ["refused/vb.edxml", "refused/vb.edxml.txt"]
    reason = (case.folder / "refused/vb.edxml.txt").read_text(encoding="utf-8")
    assert reason == "Tệp này không phải văn bản điện tử.\n"


def test_a_secret_file_is_deleted_and_its_name_is_not_kept(case: Case) -> None:
    case.put("ke-hoach-mat.edxml")
    case.intake.errors = [ParseError("Văn bản đóng dấu «Mật».", "secret")]
    case.ticks()
    (left,) = case.files()
    assert left == "refused/khong-giu-20260309-003000.txt"


def test_a_file_whose_end_is_missing_waits_and_is_refused_in_the_end(case: Case) -> None:
    case.put("vb.edxml")
    case.intake.errors = [ParseError("Thiếu phần cuối.", "broken")] * 3
    case.ticks()
    assert case.files() == ["vb.edxml"]
    case.now += timedelta(minutes=3)
    case.watcher.tick()
    assert case.files() == ["refused/vb.edxml", "refused/vb.edxml.txt"]


def test_a_file_stays_while_the_store_is_away(case: Case) -> None:
    case.put("vb.edxml")
    case.intake.errors = [StoreAway("away")]
    case.ticks()
    assert case.files() == ["vb.edxml"]
    case.watcher.tick()
    assert case.files() == ["done/vb.edxml"]


def test_files_that_cannot_be_moved_do_not_keep_others_waiting(case: Case) -> None:
    for number in range(MOST_AT_ONCE):
        case.put(f"a-{number:02}.edxml")
    case.intake.errors = [OSError("no space")] * MOST_AT_ONCE
    case.ticks()
    case.put("b.edxml", b"<b/>")
    case.ticks()
    assert case.intake.taken == [b"<b/>"]


def test_more_than_50_megabytes_are_refused_unread(case: Case) -> None:
    path = case.put("vb.edxml")
    os.truncate(path, 50 * 2**20 + 1)
    case.ticks()
    assert case.intake.taken == []
    assert "refused/vb.edxml.txt" in case.files()
