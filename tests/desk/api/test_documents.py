"""Electronic documents by the API: a right of its own, drafts, repeated requests, recalls, and refusals."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from server.desk.api.v1 import documents as operation
from server.desk.web.refusals import said
from server.store.announcements import announcements
from server.store.tables import api_requests
from tests.cast import EDITOR, OPERATOR
from tests.desk.announcements.forms import act, write
from tests.desk.api.programs import Program, program
from tests.desk.office import Office
from tests.desk.reading import text_of
from tests.edxml_files import ID, document
from tests.media import made

ROOT = Path(operation.__file__).parents[4]
LATER = "000.00.13.H31,2026/03/07,18/QĐ-UBND"


def send(by: Program, body: bytes, *, area: str = "xa-minh-tan", **headers: str) -> TestResponse:
    sent = {"area": area, "file": FileStorage(io.BytesIO(body), "van-ban.edxml", "file")}
    named = {"Authorization": f"Bearer {by.key}", **{name.replace("_", "-"): one for name, one in headers.items()}}
    # A boundary of its own, because a repeated request must have the same length.
    boundary, whole = encode_multipart(sent, boundary="ranh-gioi")
    type = f"multipart/form-data; boundary={boundary}"
    return by.office.app.test_client().post("/api/v1/documents", data=whole, content_type=type, headers=named)


def taken(answer: TestResponse) -> Any:
    assert answer.status_code == 201, answer.text
    return answer.get_json()


@pytest.fixture
def system(office: Office) -> Program:
    """The e-office system of the commune."""
    (office.folder / "media").mkdir(exist_ok=True)
    return program(office, "document.write")


def test_the_queue_opens_where_a_document_waits_and_not_at_drafts_of_the_desk(
    office: Office, system: Program
) -> None:
    current = re.compile(r'href="/desk/queue/\?tab=([^"&]+)"[^>]*aria-current="page"')
    write(office.browser(OPERATOR), "save")
    assert current.findall(office.browser(OPERATOR).get("/desk/queue/").text) == ["on+air"]
    taken(send(system, document()))
    for who in (OPERATOR, EDITOR):
        assert current.findall(office.browser(who).get("/desk/queue/").text) == ["draft"]


def test_a_document_becomes_a_draft_that_editors_see_with_its_origin(
    office: Office, system: Program, tmp_path: Path
) -> None:
    body = document({"Quyết định 15.pdf": made.pdf(tmp_path / "a.pdf").read_bytes()})
    found = taken(send(system, body, Idempotency_Key="k1"))
    assert (found["outcome"], found["kind"], found["number"]) == ("draft", "new", "15/QĐ-UBND")
    assert taken(send(system, body, Idempotency_Key="k1")) == found
    assert taken(send(system, body))["outcome"] == "known"
    assert announcements.get(office.db, found["announcement"]).state == "draft"
    for address in (f"/desk/queue/{found['announcement']}", f"/desk/compose/{found['announcement']}"):
        page = text_of(office.browser(EDITOR).get(address).text)
        for words in ("15/QĐ-UBND, ngày 05/03/2026", "Nguyễn Văn Bình, Chủ tịch", "hệ thống văn phòng điện tử"):
            assert words in page
        assert "Tệp PDF không có chữ ký số." in page
    assert "Khóa máy «Một cửa»" in text_of(office.browser(EDITOR).get("/desk/queue/?tab=draft").text)


def test_a_recall_is_told_on_the_page_of_the_posting(office: Office, system: Program) -> None:
    id = taken(send(system, document()))["announcement"]
    announcements.take(office.db, id, "approve", actor=EDITOR.slug, now=office.now)
    found = taken(send(system, document(kind="1", id=LATER, earlier=ID)))
    assert (found["outcome"], found["related"]) == ("recalled", id)
    page = text_of(office.browser(OPERATOR).get(f"/desk/queue/{id}").text)
    assert "Nơi ban hành đã thu hồi văn bản này" in page
    one = announcements.get(office.db, id)
    browser = office.browser(EDITOR)
    act(browser, one, "restore")
    assert "hãy soạn thông báo mới" in browser.get("/desk/queue/").text
    assert announcements.get(office.db, id).state == "withdrawn", "a recalled document does not return to the boards"


def test_an_update_shows_the_difference(office: Office, system: Program) -> None:
    id = taken(send(system, document()))["announcement"]
    announcements.take(office.db, id, "approve", actor=EDITOR.slug, now=office.now)
    found = taken(send(system, document(kind="2", earlier=ID, id=LATER, subject="Về việc điều chỉnh kế hoạch")))
    page = text_of(office.browser(EDITOR).get(f"/desk/queue/{found['announcement']}").text)
    assert "Nơi ban hành gửi bản cập nhật." in page
    assert "Khác bản đang chiếu" in page


def test_only_its_own_right_and_area_let_a_key_hand_in_documents(office: Office, system: Program) -> None:
    assert send(program(office, "announcement.write"), document()).status_code == 403
    assert send(system, document(), area="tinh").status_code in (403, 404)
    assert announcements.all(office.db) == ()


def test_a_secret_document_is_refused_and_not_even_its_digest_is_kept(office: Office, system: Program) -> None:
    refused = send(system, document(inside="<DoMat>Tối mật</DoMat>"), Idempotency_Key="k1")
    assert refused.status_code == 422
    assert "Tối mật" in refused.get_json()["detail"]
    with office.db.read() as conn:
        assert conn.execute(api_requests.select()).all() == []


def test_a_file_that_is_no_document_is_refused_with_a_reason(system: Program) -> None:
    assert "edXML" in send(system, b"<a/>").get_json()["detail"]


def test_every_sentence_about_documents_has_its_english() -> None:
    rooms = ("feeds/formats/edxml", "server/documents")
    sentences = {
        text
        for room in rooms
        for path in (ROOT / room).glob("*.py")
        if path.name not in ("mapping.py", "draft.py", "messages.py")
        for text in _sentences(path)
    }
    assert len(sentences) > 20
    assert sorted(one for one in sentences if said(one, "en") == one) == []


def _sentences(path: Path) -> list[str]:
    """The Vietnamese sentences in the code of a file, with "{}" for values."""
    found = []
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        text = ""
        if node in docstrings:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = re.sub(r"\{\w+\}", "1", node.value)
        elif isinstance(node, ast.JoinedStr):
            text = "".join(str(one.value) if isinstance(one, ast.Constant) else "1" for one in node.values)
        if re.match(r"[A-ZĐ].*[à-ỹ].*\.$", text, re.S) and "\n" not in text:
            found.append(text)
    return found
