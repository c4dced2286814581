"""Sources at the desk: faults are in words, trials store nothing, a pasted address becomes a source.

Stories and their edits are shown only after approval.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from feeds.formats.opml import Outline, parse_opml, write_opml
from server.core.model import PageRules, SourceState
from server.core.policy import Grant
from server.desk.sources.view_model import MOST_STORIES
from server.setup.config import Config
from server.setup.config_sections import FetchSection, PeopleSection
from server.store.people import people
from server.store.sources import sources, stories, story_queries, trials
from tests import cast
from tests.cast import EDITOR, KEEPER, MINUTE, NOW, OPERATOR, TIN_TINH, TIN_XA, Person
from tests.desk.office import Browser, Office, office_on
from tests.desk.sources.trying import tried
from tests.feeds.hosts import host, responds
from tests.feeds.portals import cards
from tests.feeds.stories import STORIES, sample_feed

TITLE = "Nạo vét kênh mương trước mùa mưa bão"


@pytest.fixture
def local_office(office_template: Path, tmp_path: Path) -> Office:
    """An office whose address guard allows 127.0.0.1."""
    office = office_on(office_template, tmp_path)
    office.config = Config(
        people=PeopleSection(second_factor=False), fetch=FetchSection(allow_private=("127.0.0.1",))
    )
    return office


def state(office: Office, slug: str) -> SourceState:
    return next(one for one in sources.states(office.db) if one.slug == slug)


def finish_reading(office: Office, **found: Any) -> None:
    """Stores a finished reading of the source tin-tinh; ``found`` are fields of its state."""
    sources.claim_due(office.db, worker="w", now=office.now, lease=MINUTE, limit=9)
    made = replace(state(office, "tin-tinh"), next_fetch_at=office.now + 15 * MINUTE, **found)
    sources.finish(office.db, "tin-tinh", worker="w", state=made)


# health


def test_failing_sources_come_first_with_the_error_in_words(office: Office) -> None:
    finish_reading(office, failures=2, last_error="Máy chủ nguồn trả lời quá chậm.", last_good=NOW - MINUTE)
    page = office.browser(OPERATOR).get("/desk/sources/").text
    assert "Trang tin xã Minh Tân" in page
    assert TIN_TINH.name not in page  # a source of the province, not of the operator's commune
    page = office.browser(EDITOR).get("/desk/sources/").text
    assert "Máy chủ nguồn trả lời quá chậm. Lần đọc được gần nhất: 07:29." in page
    assert page.index(TIN_TINH.name) < page.index("Trang tin xã Minh Tân")


def test_a_source_of_another_area_is_not_found(office: Office) -> None:
    browser = office.browser(OPERATOR)
    assert browser.get("/desk/sources/tin-tinh").status_code == 404
    assert browser.post("/desk/sources/tin-tinh/read").status_code == 404
    assert browser.get("/desk/sources/tin-xa").status_code == 200


def test_read_now_makes_the_source_due(office: Office) -> None:
    finish_reading(office, gone=True)
    office.browser(EDITOR).post("/desk/sources/tin-tinh/read")
    assert (state(office, "tin-tinh").next_fetch_at, state(office, "tin-tinh").gone) == (NOW, False)


def test_a_trial_shows_its_steps_and_stores_nothing(local_office: Office) -> None:
    with host(responds("200 OK", "Content-Type: text/xml", body=sample_feed().encode())) as told:
        here = replace(cast.source("thu"), url=told.url(name="127.0.0.1"))
        sources.save(local_office.db, here, actor="k", now=NOW)
        page = tried(local_office, local_office.browser(EDITOR), "/desk/sources/thu/try")
    for words in ("Tra tên máy chủ", "Kết nối", "Tải nội dung", "Đọc cấu trúc", "3 mục", STORIES[0].title):
        assert words in page
    assert story_queries.of_source(local_office.db, "thu", most=9) == ()


def test_a_file_or_folder_is_tried_where_the_worker_finds_it(office: Office) -> None:
    folder = office.folder / "feeds"
    folder.mkdir()
    (folder / "tin.xml").write_text(sample_feed(), encoding="utf-8")
    for url in ("feeds/tin.xml", "feeds"):
        sources.save(office.db, replace(cast.source("tep"), url=url), actor="k", now=NOW)
        page = tried(office, office.browser(EDITOR), "/desk/sources/tep/try")
        assert STORIES[0].title in page
    sources.save(office.db, replace(cast.source("tep"), url="feeds/khong-co.xml"), actor="k", now=NOW)
    assert "Không mở được tệp" in tried(office, office.browser(EDITOR), "/desk/sources/tep/try")


# selectors


@pytest.fixture
def portal(local_office: Office) -> Iterator[Office]:
    """An office with a source of the kind `page`, which is read by proposed selectors."""
    with host(responds("200 OK", "Content-Type: text/html; charset=utf-8", body=cards().encode())) as told:
        here = replace(cast.source("trang"), kind="page", url=told.url("/tin-tuc", name="127.0.0.1"))
        sources.save(local_office.db, here, actor="k", now=NOW)
        yield local_office


def test_proposed_selectors_fill_the_fields_and_can_be_saved(portal: Office) -> None:
    keeper = portal.browser(KEEPER)
    assert "tự đề xuất" in keeper.get("/desk/sources/trang").text
    page = tried(portal, keeper, "/desk/sources/trang/selectors", {"do": "try"})
    assert 'name="item" value="div.news-item"' in page
    assert all(story.title in page for story in STORIES)
    assert sources.get(portal.db, "trang").page is None
    keeper.post("/desk/sources/trang/selectors", {"item": "div.news-item", "date": ".date", "pages": "3"})
    assert sources.get(portal.db, "trang").page == PageRules(item="div.news-item", date=".date", pages=3)
    assert "tự đề xuất" not in keeper.get("/desk/sources/trang").text


def test_new_selectors_make_the_page_due_and_other_settings_do_not(portal: Office) -> None:
    keeper = portal.browser(KEEPER)
    sources.claim_due(portal.db, worker="w", now=NOW, lease=MINUTE, limit=9)
    read = replace(state(portal, "trang"), body_hash="ab", next_fetch_at=NOW + 15 * MINUTE)
    sources.finish(portal.db, "trang", worker="w", state=read)
    keeper.post("/desk/sources/trang/settings", {"name": "Tên khác"})
    assert state(portal, "trang").body_hash == "ab"
    keeper.post("/desk/sources/trang/selectors", {"item": "div.news-item"})
    assert (state(portal, "trang").body_hash, state(portal, "trang").next_fetch_at) == ("", NOW)


def test_a_wrong_selector_has_its_error_at_its_field_and_an_empty_result_in_the_preview(
    portal: Office,
) -> None:
    keeper = portal.browser(KEEPER)
    for do in ("try", "save"):
        answer = keeper.post("/desk/sources/trang/selectors", {"item": "li [", "pages": "0", "do": do})
        assert answer.status_code == 422
        assert 'id="css-item-wrong"' in answer.text
        assert 'id="css-pages-wrong"' in answer.text
        assert 'value="li ["' in answer.text
    page = tried(portal, keeper, "/desk/sources/trang/selectors", {"item": "li.x", "do": "try"})
    assert "không còn mục nào" in page
    assert 'name="item" value="li.x"' in page
    assert sources.get(portal.db, "trang").page is None
    assert keeper.post("/desk/sources/tin-tinh/selectors", {"item": "li"}).status_code == 404


# adding


def test_a_pasted_page_shows_its_list_and_becomes_a_source_on_hold(local_office: Office) -> None:
    keeper = local_office.browser(KEEPER)
    with host(responds("200 OK", "Content-Type: text/html; charset=utf-8", body=cards().encode())) as told:
        address = told.url("/tin-tuc", name="127.0.0.1")
        page = tried(local_office, keeper, "/desk/sources/look", {"address": address})
        assert all(story.title in page for story in STORIES)
        assert 'name="item" value="div.news-item"' in page
        again = tried(local_office, keeper, "/desk/sources/look", {"address": address, "item": "li ["})
        assert "Bộ chọn item không hợp lệ" in again
    form = {
        "address": address,
        "name": "Tin Đông Hải",
        "area": "xa-dong-hai",
        "item": "div.news-item",
        "date": ".date",
    }
    keeper.post("/desk/sources/add", form)
    made = sources.get(local_office.db, "tin-dong-hai")
    assert (made.kind, made.trust, made.area, made.adaptive) == ("page", "hold", "xa-dong-hai", True)
    assert made.page == PageRules(item="div.news-item", date=".date")
    assert state(local_office, "tin-dong-hai").next_fetch_at == NOW


def test_a_pasted_feed_is_recognised_and_a_bad_address_says_why(local_office: Office) -> None:
    keeper = local_office.browser(KEEPER)
    with host(responds("200 OK", body=sample_feed().encode())) as told:
        page = tried(local_office, keeper, "/desk/sources/look", {"address": told.url(name="127.0.0.1")})
    assert "Đây là một nguồn tin" in page
    assert "mạng nội bộ" in tried(local_office, keeper, "/desk/sources/look", {"address": "http://10.0.0.1/"})


def test_a_trial_is_its_askers_own_and_ends_without_the_worker(office: Office) -> None:
    keeper = office.browser(KEEPER)
    where = keeper.post("/desk/sources/look", {"address": "thu.example"}).headers["Location"]
    assert "https://thu.example" in keeper.get(where).text
    other = Person("kien", "Hồ Kiên", "keeper", "tinh")
    people.add(office.db, username="kien", name=other.name, email="kien@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, "kien", Grant("keeper", "tinh"), by=None, actor="os:root", now=NOW)
    assert office.browser(other).get(where).status_code == 404
    for _ in range(trials.MOST_AT_ONCE):
        answer = keeper.post("/desk/sources/look", {"address": "thu.example"}, follow_redirects=True)
    assert "hãy đợi chúng trả lời" in answer.text
    office.later(minutes=3)
    assert "bộ đọc nguồn tin không trả lời" in keeper.get(where).text


@pytest.mark.parametrize(
    "form",
    [{"area": "tinh", "address": "file:///etc/passwd"}, {"area": "khong-co", "address": "https://a.vn/"},
     {"area": "tinh", "address": "https://a.vn/", "item": "li ["}],
)  # fmt: skip
def test_a_wrong_source_is_refused(office: Office, form: dict[str, str]) -> None:
    assert office.browser(KEEPER).post("/desk/sources/add", {"name": "X", **form}).status_code == 400


def test_a_keeper_of_a_commune_changes_its_sources_only(office: Office) -> None:
    commune = Person("nam", "Đỗ Văn Nam", "keeper", "xa-minh-tan")
    people.add(office.db, username="nam", name=commune.name, email="nam@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, "nam", Grant("keeper", "xa-minh-tan"), by=None, actor="os:root", now=NOW)
    browser = office.browser(commune)
    assert browser.post("/desk/sources/tin-tinh/settings", {"trust": "auto"}).status_code == 404
    assert browser.post("/desk/sources/add", {"area": "tinh", "address": "https://a.vn/"}).status_code == 400
    browser.post("/desk/sources/tin-xa/settings", {"trust": "auto", "minutes": "30"})
    changed = sources.get(office.db, "tin-xa")
    assert (changed.trust, changed.every, changed.adaptive) == ("hold", 30 * MINUTE, False)


def test_a_moved_address_is_taken_over_by_a_button(office: Office) -> None:
    keeper = office.browser(KEEPER)
    assert keeper.post("/desk/sources/tin-tinh/move").status_code == 409
    finish_reading(office, moved_to="https://moi.example.com/rss", last_good=NOW)
    assert "https://moi.example.com/rss" in keeper.get("/desk/sources/tin-tinh").text
    keeper.post("/desk/sources/tin-tinh/move")
    assert sources.get(office.db, "tin-tinh").url == "https://moi.example.com/rss"


def test_a_removed_source_is_gone(office: Office) -> None:
    office.browser(KEEPER).post("/desk/sources/tin-xa/remove")
    assert [one.slug for one in sources.all(office.db)] == ["tin-tinh"]


def test_opml_is_written_of_ones_areas_and_read_into_sources_on_hold(office: Office) -> None:
    out = parse_opml(office.browser(OPERATOR).get("/desk/sources/nguon-tin.opml").data)
    assert [outline.address for outline in out] == [TIN_XA.url]
    news = write_opml("Huyện", [*out, Outline("Đài Huyện", "https://huyen.example.vn/rss")])
    keeper = office.browser(KEEPER)
    for _ in range(2):
        keeper.post("/desk/sources/opml", {"area": "tinh", "file": (BytesIO(news), "huyen.opml")})
    made = sources.get(office.db, "dai-huyen")
    assert (made.area, made.trust, len(sources.all(office.db))) == ("tinh", "hold", 3)
    answer = keeper.post(
        "/desk/sources/opml", {"area": "tinh", "file": (BytesIO(b"<rss/>"), "x.opml")}, follow_redirects=True
    )
    assert "không phải là danh sách" in answer.text


@pytest.mark.parametrize(
    "again",
    [
        "https://huyen.example.vn/rss/", "https://HUYEN.example.vn/rss", "https://huyen.example.vn:443/rss",
        "http://huyen.example.vn/rss", "http://huyen.example.vn:80/rss",
    ],
)  # fmt: skip
def test_another_spelling_of_an_address_is_no_other_source(office: Office, again: str) -> None:
    keeper, address = office.browser(KEEPER), "https://huyen.example.vn/rss"
    for addresses in ((address, again), (again,)):
        news = write_opml("Huyện", [Outline("Đài Huyện", one) for one in addresses])
        keeper.post("/desk/sources/opml", {"area": "tinh", "file": (BytesIO(news), "huyen.opml")})
        assert [one.url for one in sources.all(office.db) if "huyen" in one.url] == [address]


# stories that wait


def held(office: Office, *titles: str) -> int:
    for n, title in enumerate(titles):
        said = cast.entry("x", title=title, summary=f"Bản {n}")
        stories.save(office.db, TIN_XA, [said], images={}, now=NOW + n * MINUTE)
    return story_queries.waiting(office.db, [TIN_XA.slug])[0].id


def version(editor: Browser) -> str:
    """The version number that the form of the one waiting story sends."""
    (found,) = re.findall(r'name="version" value="(\d+)"', editor.get("/desk/sources/held").text)
    return str(found)


def approve(editor: Browser, id: int) -> None:
    editor.post(f"/desk/sources/stories/{id}/approve", {"version": version(editor)})


def test_a_story_waits_until_it_is_approved(office: Office) -> None:
    id = held(office, TITLE)
    editor = office.browser(EDITOR)
    assert TITLE in editor.get("/desk/sources/held").text
    approve(editor, id)
    assert stories.get(office.db, id).state == "approved"
    assert (
        TITLE not in editor.get("/desk/sources/held").text.split("</main>")[0].split("messages")[-1].split("<h1>")[1]
    )


def test_a_story_edited_while_it_was_read_is_shown_again_and_not_approved(office: Office) -> None:
    id = held(office, TITLE)
    editor = office.browser(EDITOR)
    read = version(editor)
    held(office, TITLE, "Lời chưa ai đọc")
    answer = editor.post(f"/desk/sources/stories/{id}/approve", {"version": read}, follow_redirects=True)
    assert "Nguồn vừa sửa tin này" in answer.text
    assert "Lời chưa ai đọc" in answer.text.replace("<ins>", "").replace("</ins>", "")
    editor.post(f"/desk/sources/stories/{id}/approve")  # without a version, as if nothing had been read
    assert stories.get(office.db, id).state == "held"
    approve(editor, id)
    assert stories.get(office.db, id).state == "approved"


def test_an_edited_story_is_shown_on_its_page_of_the_list(office: Office) -> None:
    said = [cast.entry(f"x{n}", title=f"Tin số {n}", link="") for n in range(MOST_STORIES + 1)]
    stories.save(office.db, TIN_XA, said, images={}, now=NOW)
    editor = office.browser(EDITOR)
    (second,) = re.findall(r'<a href="([^"]+)" rel="next"', editor.get("/desk/sources/held").text)
    (press,) = re.findall(r'action="([^"]+/approve[^"]*)"', editor.get(second).text)
    answer = editor.post(press, {"version": "7"}, follow_redirects=True)
    assert press in answer.text


def test_waiting_stories_are_paged_and_counted(office: Office) -> None:
    said = [cast.entry(f"x{n}", title=f"Tin số {n}", link="") for n in range(MOST_STORIES + 2)]
    stories.save(office.db, TIN_XA, said, images={}, now=NOW)
    editor = office.browser(EDITOR)
    assert f'<span class="count">{MOST_STORIES + 2}</span>' in editor.get("/desk/sources/").text
    first = editor.get("/desk/sources/held").text
    assert first.count("<article") == MOST_STORIES
    (address,) = re.findall(r'<a href="([^"]+)" rel="next"', first)
    second = editor.get(address).text
    assert second.count("<article") == 2
    assert 'rel="next"' not in second
    found = re.findall(r"Tin số \d+</h2>", first + second)
    assert len(set(found)) == len(found) == MOST_STORIES + 2


def test_an_edit_is_shown_beside_the_former_text(office: Office) -> None:
    id = held(office, TITLE)
    stories.approve(office.db, id, actor=EDITOR.slug, now=NOW)
    held(office, TITLE, f"{TITLE} sớm")
    page = office.browser(EDITOR).get("/desk/sources/held").text
    assert "<ins> sớm</ins>" in page
    assert "<del>0</del>" in page
    assert "bản sửa lần 1" in page


def test_a_withdrawn_story_cannot_be_approved(office: Office) -> None:
    id = held(office, TITLE)
    editor = office.browser(EDITOR)
    editor.post(f"/desk/sources/stories/{id}/withdraw")
    assert stories.get(office.db, id).state == "withdrawn"
    answer = editor.post(f"/desk/sources/stories/{id}/approve", follow_redirects=True)
    assert "đã bị gỡ" in answer.text


def test_an_editor_of_another_area_neither_sees_nor_approves(office: Office) -> None:
    id = held(office, TITLE)
    people.add(office.db, username="an", name="Vũ An", email="an@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, "an", Grant("editor", "xa-dong-hai"), by=None, actor="os:root", now=NOW)
    elsewhere = office.browser(Person("an", "Vũ An", "editor", "xa-dong-hai"))
    assert TITLE not in elsewhere.get("/desk/sources/held").text
    assert elsewhere.post(f"/desk/sources/stories/{id}/approve").status_code == 404
    assert stories.get(office.db, id).state == "held"
