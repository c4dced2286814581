"""Electronic documents become drafts of postings; recalls take them down; what is secret is kept nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from feeds.errors import ParseError
from feeds.sandbox.isolate import SandboxProcess
from server.core.model import Announcement
from server.documents.intake import ENVELOPE, DocumentIntake, Taken
from server.media.importer import file_sandbox
from server.store.announcements import announcements
from server.store.announcements.announcements import Rules
from server.store.audit import audit
from server.store.database.engine import Database
from server.store.documents import documents
from server.store.media import signatures
from server.store.people import messages
from tests.cast import EDITOR, NOW
from tests.desk.office import Office
from tests.edxml_files import ID, archive, document, sloppy
from tests.media import made
from tests.signing import issued, root, signed

AREA = "xa-minh-tan"
LATER = "000.00.13.H31,2026/03/07,18/QĐ-UBND"


@dataclass
class Inbox:
    """The intake on the desk's store; ``children`` counts the processes that it has started."""

    office: Office
    roots: Path
    children: list[SandboxProcess] = field(default_factory=list)

    @property
    def db(self) -> Database:
        return self.office.db

    def intake(self, clock: Callable[[], datetime] | None = None) -> DocumentIntake:
        def sandbox() -> SandboxProcess:
            self.children.append(file_sandbox())
            return self.children[-1]

        return DocumentIntake(
            self.db, media=self.office.folder / "media", roots=self.roots, zone=ZoneInfo("Asia/Ho_Chi_Minh"),
            clock=clock or self.office.clock, rules=Rules(), sandbox=sandbox,
        )  # fmt: skip

    def take(self, body: bytes, area: str = AREA) -> Taken:
        return self.intake().take_document(body, way="api", actor="token:1", area=area)

    def refused(self, body: bytes) -> str:
        with pytest.raises(ParseError) as caught:
            self.take(body)
        return caught.value.code

    def made_of(self, taken: Taken) -> Announcement:
        assert taken.document.announcement is not None
        return announcements.get(self.db, taken.document.announcement)

    def approve(self, one: Announcement) -> Announcement:
        return announcements.take(self.db, one.id, "approve", actor=EDITOR.slug, now=self.office.now)

    def told(self) -> list[tuple[str, str]]:
        return [(one.kind, str(one.words["title"])) for one in messages.unseen(self.db, EDITOR.slug)]


@pytest.fixture
def inbox(office: Office, tmp_path: Path) -> Inbox:
    (office.folder / "media").mkdir(exist_ok=True)
    roots = tmp_path / "goc"
    roots.mkdir()
    return Inbox(office, roots)


def pdf(folder: Path, words: str = "Quyet dinh 15") -> bytes:
    return made.pdf(folder / "van-ban.pdf", words=words).read_bytes()


def test_a_document_becomes_a_draft_with_all_it_says(inbox: Inbox, tmp_path: Path) -> None:
    taken = inbox.take(sloppy({"Quyết định 15.pdf": pdf(tmp_path)}))
    one = inbox.made_of(taken)
    assert (taken.outcome, one.state, one.kind, len(one.attachments)) == ("draft", "draft", "pdf", 1)
    assert one.title == "Quyết định: Về việc phê duyệt kế hoạch sử dụng đất năm 2026"
    for said in ("15/QĐ-UBND", "Ủy ban nhân dân xã Minh Tân", "Minh Tân, ngày 05/03/2026", "Nguyễn Văn Bình"):
        assert said in one.text
    assert one.longest_gap is not None
    assert one.windows[0].until is not None
    assert one.windows[0].until > NOW + timedelta(days=29)
    row = documents.of_announcement(inbox.db, one.id)
    assert row is not None
    assert (row.code, row.issued, row.signer) == (
        "15/QĐ-UBND",
        date(2026, 3, 5),
        "Nguyễn Văn Bình",
    )
    assert inbox.told() == [("document.new", one.title)]


def test_the_same_document_twice_is_one_draft(inbox: Inbox) -> None:
    first = inbox.take(document())
    again = inbox.take(sloppy({}))
    assert (again.outcome, again.document.announcement) == ("known", first.document.announcement)
    assert len(announcements.all(inbox.db)) == 1


def test_the_signature_of_a_pdf_is_kept_with_its_pages(inbox: Inbox, tmp_path: Path) -> None:
    authority = root()
    (inbox.roots / "goc.pem").write_bytes(authority.pem)
    body = signed(pdf(tmp_path), issued(authority), NOW - timedelta(days=4))
    one = inbox.made_of(inbox.take(document({"a.pdf": body})))
    (found,) = signatures.of_announcement(inbox.db, one)
    assert [(each.state, each.signer) for each in found.signatures] == [("good", "Ủy ban nhân dân xã Minh Tân")]
    assert signatures.of_announcement(inbox.db, replace(one, attachments=one.attachments * 2)) == (found,)
    assert signatures.of_announcement(inbox.db, replace(one, attachments=())) == ()


def test_a_later_file_with_the_same_pages_changes_nothing_that_is_said_of_a_posting(
    inbox: Inbox, tmp_path: Path
) -> None:
    authority = root()
    (inbox.roots / "goc.pem").write_bytes(authority.pem)
    body = signed(pdf(tmp_path), issued(authority), NOW - timedelta(days=4))
    first = inbox.made_of(inbox.take(document({"a.pdf": body})))
    inbox.office.later(minutes=1)
    again = signed(pdf(tmp_path), issued(root("CA lạ")), NOW - timedelta(days=4))
    second = inbox.made_of(inbox.take(document({"a.pdf": again}, id=LATER, number="18")))
    assert second.attachments == first.attachments
    states = [signatures.of_announcement(inbox.db, one)[0].signatures[0].state for one in (first, second)]
    assert states == ["good", "unknown_root"]


def test_a_replacement_swaps_on_approval(inbox: Inbox) -> None:
    old = inbox.approve(inbox.made_of(inbox.take(document())))
    new = inbox.made_of(inbox.take(document(kind="3", id=LATER, number="18", date="2026/03/07", earlier=ID)))
    assert (new.replaces, announcements.get(inbox.db, old.id).state) == (old.id, "approved")
    inbox.approve(new)
    assert announcements.get(inbox.db, old.id).state == "withdrawn"


def test_an_update_keeps_the_pages_and_asks_the_editor(inbox: Inbox, tmp_path: Path) -> None:
    old = inbox.approve(inbox.made_of(inbox.take(document({"a.pdf": pdf(tmp_path)}))))
    taken = inbox.take(document(kind="2", subject="Về việc phê duyệt kế hoạch sử dụng đất 2026-2027", earlier=ID))
    new = inbox.made_of(taken)
    assert (taken.document.kind, new.replaces, new.attachments) == ("update", old.id, old.attachments)
    assert announcements.get(inbox.db, old.id).state == "approved"
    assert ("document.update", new.title) in inbox.told()


def test_an_update_without_files_stays_of_the_kind_that_an_editor_made_of_the_posting(
    inbox: Inbox, tmp_path: Path
) -> None:
    first = inbox.approve(inbox.made_of(inbox.take(document({"a.pdf": pdf(tmp_path)}))))
    edited = replace(first, id=0, kind="pictures", state="draft", replaces=first.id, created_by=EDITOR.slug)
    inbox.approve(announcements.post(inbox.db, edited, actor=EDITOR.slug))
    new = inbox.made_of(inbox.take(document(kind="2", id=LATER, subject="Về việc khác", earlier=ID)))
    assert (new.kind, new.attachments) == ("pictures", first.attachments)


def test_a_known_document_with_another_content_is_an_update(inbox: Inbox) -> None:
    inbox.approve(inbox.made_of(inbox.take(document())))
    assert inbox.take(document(subject="Về việc khác")).document.kind == "update"


def test_a_recall_takes_down_at_once_with_audit_and_message(inbox: Inbox) -> None:
    one = inbox.approve(inbox.made_of(inbox.take(document())))
    taken = inbox.take(document(kind="1", id=LATER, earlier=ID))
    after = announcements.get(inbox.db, one.id)
    assert (taken.outcome, after.state) == ("recalled", "withdrawn")
    assert "thu hồi" in after.reason
    assert [(each.act, each.actor) for each in audit.all(inbox.db)][-1] == ("announcement.withdraw", "token:1")
    assert ("document.recall", one.title) in inbox.told()
    assert inbox.take(document(kind="1", id=LATER, earlier=ID)).outcome == "known"


def test_a_recall_also_takes_down_the_version_that_an_editor_made_of_it(inbox: Inbox) -> None:
    first = inbox.approve(inbox.made_of(inbox.take(document())))
    edited = Announcement(
        0, AREA, "Sửa lỗi chữ", "", first.windows, inbox.office.now, EDITOR.slug, state="draft", replaces=first.id
    )
    second = inbox.approve(announcements.post(inbox.db, edited, actor=EDITOR.slug))
    inbox.take(document(kind="1", id=LATER, earlier=ID))
    assert announcements.get(inbox.db, second.id).state == "withdrawn"


def test_a_recall_also_withdraws_an_update_that_waits(inbox: Inbox) -> None:
    inbox.approve(inbox.made_of(inbox.take(document())))
    update = inbox.made_of(inbox.take(document(kind="2", id=LATER, subject="Về việc khác", earlier=ID)))
    inbox.take(document(kind="1", id="x", earlier=ID))
    assert announcements.get(inbox.db, update.id).state == "withdrawn"


def test_a_recall_of_another_issuer_takes_nothing_down(inbox: Inbox) -> None:
    one = inbox.approve(inbox.made_of(inbox.take(document())))
    taken = inbox.take(document(kind="1", id=LATER, earlier=ID, organ="000.00.99.H31", issuer="Sở khác"))
    assert (taken.outcome, announcements.get(inbox.db, one.id).state) == ("nothing to recall", "approved")


def test_a_document_that_comes_after_its_recall_is_refused(inbox: Inbox) -> None:
    assert inbox.take(document(kind="1", id=LATER, earlier=ID)).outcome == "nothing to recall"
    assert inbox.refused(document()) == "recalled"
    assert announcements.all(inbox.db) == ()


def everything(inbox: Inbox) -> list[bytes]:
    return [path.read_bytes() for path in inbox.office.folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("degree", ["Mật", "Tối mật", "Tuyệt mật"])
def test_a_secret_document_is_kept_nowhere(inbox: Inbox, degree: str) -> None:
    with capture_logs() as logged:
        body = document(inside=f"<Note>{degree}</Note>", subject="Kế hoạch canh gác kho Bần Yên Nhân")
        assert inbox.refused(body) == "secret"
    assert announcements.all(inbox.db) == ()
    assert inbox.told() == []
    assert inbox.children == []
    assert not any("Bần Yên Nhân".encode() in kept for kept in everything(inbox))
    assert "Bần Yên Nhân" not in str(logged)
    assert "15/QĐ-UBND" in str(logged)


@pytest.mark.parametrize("words", ["MAT", "TOI MAT"])
def test_an_unmarked_pdf_is_no_secret(inbox: Inbox, tmp_path: Path, words: str) -> None:
    assert inbox.take(document({"a.pdf": pdf(tmp_path, words)})).outcome == "draft"


def word(text: str) -> bytes:
    xml = f"<w:document xmlns:w='w'><w:p><w:t>{text}</w:t></w:p><w:p><w:t>Điều 1</w:t></w:p></w:document>"
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": xml.encode()})


@pytest.mark.parametrize("text", ["MẬT", "Lưu hành nội bộ", "TUYỆT MẬT"])
def test_a_mark_at_the_head_of_an_attachment_is_found(inbox: Inbox, text: str) -> None:
    assert inbox.refused(document({"a.docx": word(text)})) == "secret"
    assert list((inbox.office.folder / "media").rglob("*.*")) == []


def test_a_damaged_attachment_is_left_out_with_a_note(inbox: Inbox) -> None:
    whole = word("x" * 400)
    at = whole.index(b"word/document.xml") + len("word/document.xml")
    taken = inbox.take(document({"a.docx": whole[:at] + b"\xff" * 20 + whole[at + 20 :]}))
    assert taken.outcome == "draft"
    assert any("a.docx" in note for note in taken.document.notes)


def test_a_document_about_secrets_is_not_secret(inbox: Inbox) -> None:
    taken = inbox.take(document({"a.docx": word("Luật Bảo vệ bí mật nhà nước")}, subject="Tập huấn bảo vệ bí mật"))
    assert taken.outcome == "draft"
    assert any("a.docx" in note for note in taken.document.notes)


def test_an_envelope_with_a_signature_is_told_as_unchecked(inbox: Inbox) -> None:
    signature = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>'
    assert ENVELOPE in inbox.take(document(signature=signature)).document.notes


def test_numbers_begin_anew_each_year(inbox: Inbox) -> None:
    first = inbox.approve(inbox.made_of(inbox.take(document(id="", date="2025/03/05"))))
    second = inbox.approve(inbox.made_of(inbox.take(document(id=""))))
    recall = document(kind="1", id="", date="2026/03/05")
    inbox.take(recall)
    states = [announcements.get(inbox.db, one.id).state for one in (first, second)]
    assert states == ["approved", "withdrawn"]


def test_an_unknown_area_and_an_empty_document_are_refused(inbox: Inbox) -> None:
    with pytest.raises(ParseError):
        inbox.take(document(), area="khong-co")
    assert inbox.refused(document(subject="", number="", notation="")) == "empty"
