"""Stories that wait for approval: drawn as on the boards, many decided at once, each in the version that was read."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from server.content.board_content import board_content
from server.content.store_snapshot import read_snapshot
from server.core.policy import Grant
from server.desk.records.posting import document
from server.desk.sources.story_previews import all_pages
from server.desk.web import slide_preview
from server.store.people import people
from server.store.sources import sources, stories, story_queries
from tests import cast
from tests.cast import BOARD_MINH_TAN, EDITOR, NOW, TIN_TINH, TIN_XA, Person
from tests.desk.office import Browser, Office

TITLES = ("Nạo vét kênh mương", "Tiêm phòng dại", "Sửa đường liên thôn")


@pytest.fixture
def editor(office: Office) -> Browser:
    said(office, *TITLES)
    return office.browser(EDITOR)


def said(office: Office, *titles: str, of: str = TIN_XA.slug) -> None:
    """Saves stories with these titles as a reading of the source ``of``.

    A second call with other titles edits the stories of the first call.
    """
    entries = [cast.entry(f"{of}-{n}", title=title, link=f"https://x.vn/{of}/{n}") for n, title in enumerate(titles)]
    stories.save(office.db, sources.get(office.db, of), entries, images={}, now=office.now)


def boxes(page: str) -> list[str]:
    return re.findall(r'name="story" value="(\d+:\d+)"', page)


def states(office: Office) -> dict[str, str]:
    return {one.title: one.state for one in story_queries.of_source(office.db, TIN_XA.slug, most=9)}


def test_the_list_shows_the_slide_of_a_board_that_has_the_source(editor: Browser) -> None:
    page = editor.get("/desk/sources/held").text
    assert page.count("<iframe") == len(TITLES)
    assert "data-layout=&#34;portrait&#34;" in page  # the layout of Minh Tân's board
    assert page.count('loading="lazy"') == len(TITLES)
    (large,) = {*re.findall(r'<a class="look" href="([^"]+/1)"', page)}
    assert "Trụ sở xã Minh Tân" in editor.get(large).text


def test_many_are_approved_and_an_edited_one_is_left_out_and_named(office: Office, editor: Browser) -> None:
    read = boxes(editor.get("/desk/sources/held").text)
    said(office, TITLES[0], "Tiêm phòng dại cho chó mèo", TITLES[2])
    page = editor.post("/desk/sources/stories/decide", {"do": "approve", "story": read}, follow_redirects=True).text
    assert "Đã duyệt 2 tin." in page
    assert "«Tiêm phòng dại cho chó mèo»" in page
    assert states(office) == {
        TITLES[0]: "approved", "Tiêm phòng dại cho chó mèo": "held", TITLES[2]: "approved"
    }  # fmt: skip


def test_many_are_rejected_and_an_edited_one_is_left_out(office: Office, editor: Browser) -> None:
    read = boxes(editor.get("/desk/sources/held").text)
    said(office, TITLES[0], TITLES[1], "Sửa đường liên xã")
    page = editor.post("/desk/sources/stories/decide", {"do": "withdraw", "story": read}, follow_redirects=True).text
    assert "Đã gỡ 2 tin." in page
    assert states(office) == {TITLES[0]: "withdrawn", TITLES[1]: "withdrawn", "Sửa đường liên xã": "held"}


def test_the_list_of_one_source_shows_no_other(office: Office, editor: Browser) -> None:
    sources.save(office.db, cast.source("dai", name="Đài xã", trust="hold"), actor="k", now=NOW)
    said(office, "Lịch phát thanh", of="dai")
    page = editor.get("/desk/sources/held?source=dai").text
    assert "Lịch phát thanh" in page
    assert TITLES[0] not in page
    assert editor.get("/desk/sources/held?source=khong-co").status_code == 404


def test_nothing_is_decided_for_who_ticks_nothing_or_another_areas_story(office: Office, editor: Browser) -> None:
    post = "/desk/sources/stories/decide"
    assert "Chưa chọn tin nào" in editor.post(post, {"do": "approve"}, follow_redirects=True).text
    assert editor.post(post, {"do": "approve", "story": ["1"]}).status_code == 400
    assert editor.post(post, {"do": "x", "story": ["1:1"]}).status_code == 400
    people.add(office.db, username="an", name="Vũ An", email="an@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, "an", Grant("editor", "xa-dong-hai"), by=None, actor="os:root", now=NOW)
    elsewhere = office.browser(Person("an", "Vũ An", "editor", "xa-dong-hai"))
    answer = elsewhere.post(post, {"do": "approve", "story": ["1:1"]}, follow_redirects=True).text
    assert "Để lại 1 tin không còn ở đây." in answer
    assert TITLES[0] not in answer
    assert elsewhere.get("/desk/sources/stories/1").status_code == 404
    assert set(states(office).values()) == {"held"}


def test_a_ticked_story_that_is_gone_leaves_the_others_to_be_decided(office: Office, editor: Browser) -> None:
    read = [*boxes(editor.get("/desk/sources/held").text), "999:1"]
    page = editor.post("/desk/sources/stories/decide", {"do": "approve", "story": read}, follow_redirects=True).text
    assert "Đã duyệt 3 tin." in page
    assert "Để lại 1 tin không còn ở đây." in page


def test_a_store_that_fails_on_the_way_is_told_with_what_was_done(office: Office, editor: Browser) -> None:
    read = boxes(editor.get("/desk/sources/held").text)
    second = read[1].partition(":")[0]
    with office.db.write() as conn:
        conn.exec_driver_sql(
            "CREATE TRIGGER full BEFORE UPDATE OF state ON stories "
            f"WHEN NEW.id = {second} BEGIN SELECT RAISE(ABORT, 'disk'); END"
        )
    page = editor.post("/desk/sources/stories/decide", {"do": "approve", "story": read}, follow_redirects=True).text
    assert "Đã duyệt 1 tin." in page
    assert page.count("Chưa làm, vì cơ sở dữ liệu không nhận nữa") == 1
    assert sorted(states(office).values()) == ["approved", "held", "held"]
    again = editor.post("/desk/sources/stories/decide", {"do": "approve", "story": read[1:]})
    assert again.status_code == 503, "nothing was done"


def test_a_story_is_approved_on_the_page_of_its_source(office: Office, editor: Browser) -> None:
    page = editor.get("/desk/sources/tin-xa").text
    action, form = re.findall(r'action="([^"]+/approve[^"]*)">(.*?)</form>', page, re.DOTALL)[0]
    fields = dict(re.findall(r'name="(version|from)" value="([^"]+)"', form))
    answer = editor.post(action, fields)
    assert answer.headers["Location"] == "/desk/sources/tin-xa"
    assert list(states(office).values()).count("approved") == 1
    # The source has edited the story meanwhile, so that its approval is refused on its page.
    said(office, *(f"{title} mới" for title in TITLES))
    action = re.findall(r'action="([^"]+/approve[^"]*)">', page)[1]
    assert editor.post(action, fields).headers["Location"].startswith("/desk/sources/tin-xa#story-")


def test_a_preview_names_the_other_sources_that_carry_the_story(office: Office) -> None:
    text = "Xã Minh Tân tiêm phòng dại cho chó mèo ngày 28/11 tại nhà văn hóa thôn Đoài."
    for source, title in (
        (replace(TIN_TINH, trust="auto"), "Tiêm phòng dại"),
        (TIN_XA, "Tiêm phòng dại cho chó mèo"),
        (cast.source("dai", name="Đài xã", trust="auto"), "Tiêm phòng dại cho chó"),
    ):
        sources.save(office.db, source, actor="tuan", now=NOW)
        entry = cast.entry(source.slug, title=title, summary=text, link="")
        stories.save(office.db, sources.get(office.db, source.slug), [entry], images={}, now=office.now)
        office.later(minutes=1)
    (held,) = (one for one in story_queries.of_source(office.db, TIN_XA.slug, most=9) if one.state == "held")
    editor = office.browser(EDITOR)
    for path in ("/desk/sources/held", f"/desk/sources/stories/{held.id}"):
        page = editor.get(path).text
        assert f"{TIN_XA.name} · {TIN_TINH.name}" in page, path
        assert "Đài xã" not in page.partition("<iframe")[2], "no lane of the board has it"


def test_what_an_editor_reads_and_what_is_filed_are_the_slides_of_the_board(mailing: Office) -> None:
    """A story without a link has the QR code of its own public page; a story of two sources names both."""
    office, text = mailing, "Xã Minh Tân tiêm phòng dại cho chó mèo ngày 28/11 tại nhà văn hóa thôn Đoài."
    for source, title in (
        (replace(TIN_XA, trust="auto"), "Tiêm phòng dại cho chó mèo"),
        (TIN_TINH, "Tiêm phòng dại"),
    ):
        sources.save(office.db, source, actor="tuan", now=NOW)
        entry = cast.entry(source.slug, title=title, summary=text, link="")
        stories.save(office.db, sources.get(office.db, source.slug), [entry], images={}, now=office.now)
        office.later(minutes=1)
    with office.app.test_request_context():
        snapshot = read_snapshot(office.db, office.now)
        (story,) = snapshot.stories[BOARD_MINH_TAN.slug]
        content = board_content(slide_preview.renderer(), snapshot, BOARD_MINH_TAN)
        (item,) = content.items
        shown = {page.hash: slide for page in item.pages for slide in content.slides if slide.hash == page.hash}
        pages = all_pages(story, sources.get(office.db, TIN_XA.slug), [BOARD_MINH_TAN])
        assert [slide.html in page.page for slide, page in zip(shown.values(), pages, strict=True)] == [True]
        assert 'class="qr"' in pages[0].page
        assert f"{TIN_XA.name} · {TIN_TINH.name}" in pages[0].page
        alone = replace(snapshot, stories={**snapshot.stories, BOARD_MINH_TAN.slug: (replace(story, also=()),)})
        (filed,) = board_content(slide_preview.renderer(), alone, BOARD_MINH_TAN).items
        named = {page.hash for page in item.pages}
        earlier = {page.hash for page in filed.pages}
        for hashes in (earlier, named, earlier | named):
            assert document(f"story:{story.id}", "", [BOARD_MINH_TAN], hashes).same is True
