"""What is known of the signatures of a posting's PDF is told to citizens, to editors and in the posting record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.core.model import Announcement, Attachment, PdfSignatures, Signature, SignatureState
from server.core.screens.proof import Play
from server.store.announcements import announcements
from server.store.media import signatures
from server.store.screens import receipts
from tests import cast
from tests.cast import BOARD_MINH_TAN, EDITOR, NOW, OPERATOR
from tests.desk.office import Office
from tests.desk.reading import text_of
from tests.store.screens.test_screens import paired

PAGES = ("ab" * 8, "cd" * 8)
DAY = "from=2026-03-09&to=2026-03-09"


def posted(office: Office, *found: Signature) -> Announcement:
    """A posting on the air whose PDF has these signatures."""
    pages = tuple(Attachment(hash, "", 100, 140) for hash in PAGES)
    made = cast.announcement(area="xa-minh-tan", title="Quyết định số 15/QĐ-UBND", attachments=pages, kind="pdf")
    signatures.put(office.db, PdfSignatures(PAGES, "a.pdf", NOW, found))
    return announcements.post(office.db, made, actor=OPERATOR.slug)


@pytest.mark.parametrize(
    ("state", "words", "english"),
    [
        ("good", "Chữ ký số của UBND xã Minh Tân hợp lệ; văn bản không bị sửa từ khi ký", "is valid"),
        ("altered", "Chữ ký số của UBND xã Minh Tân không đúng: văn bản đã bị sửa sau khi ký.", "was changed after"),
        ("appended", "Có nội dung được thêm vào tệp sau chữ ký số của UBND xã Minh Tân.", "Content was added"),
        ("unknown_root", "Chưa kiểm tra được chữ ký số của UBND xã Minh Tân", "could not be checked"),
        ("revoked", "chứng thư đã bị thu hồi", "has been revoked"),
        ("expired", "chứng thư đã hết hạn trước khi ký", "had expired before"),
        ("unclear", "Không xác định được chữ ký số của UBND xã Minh Tân còn giá trị không.", "cannot be determined"),
    ],
)
def test_each_state_is_told_in_plain_words(office: Office, state: SignatureState, words: str, english: str) -> None:
    one = posted(office, Signature(state, "UBND xã Minh Tân", NOW - timedelta(days=4), whole=state != "appended"))
    public = text_of(office.browser().get(f"/item/a{one.id}").text)
    assert words in public
    assert ("Tệp còn phần nội dung nằm ngoài chữ ký cuối cùng." in public) is (state == "appended")
    reader = office.browser(EDITOR)
    assert words in text_of(reader.get(f"/desk/queue/{one.id}").text)
    reader.post("/desk/language/en")
    assert english in text_of(reader.get(f"/desk/queue/{one.id}").text)


def test_the_posting_record_has_the_signatures(office: Office) -> None:
    one = posted(office, Signature("good", "UBND xã Minh Tân", NOW), Signature("revoked", "Văn thư"))
    screen, _ = paired(office.db)
    item = f"announcement:{one.id}"
    play = Play(screen.id, BOARD_MINH_TAN.slug, screen.slot, item, one.title, "ab" * 8, NOW, "2026-03-09", 7)
    receipts.save(office.db, [play], [], [])
    page = text_of(office.browser(EDITOR).get(f"/desk/proof/item/announcement:{one.id}?{DAY}").text)
    assert "Chữ ký số của UBND xã Minh Tân hợp lệ" in page
    assert "Chữ ký số của Văn thư không có giá trị" in page


def test_an_item_without_signed_files_says_nothing_of_them(office: Office) -> None:
    one = announcements.post(office.db, cast.announcement(area="xa-minh-tan"), actor=OPERATOR.slug)
    assert "Chữ ký số" not in text_of(office.browser().get(f"/item/a{one.id}").text)
