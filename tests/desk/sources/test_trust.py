"""Letting a source's stories air without approval: an editor of every area that the source reaches must agree.

The agreement holds only for the settings of the source that the editor has read.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest

from feeds.formats.opml import Outline, write_opml
from server.core.model import Lane, SourceState, Trust
from server.core.policy import Grant
from server.core.sources.trust import content_mark
from server.desk.auth.reauthenticate import STATUS
from server.store.audit import audit
from server.store.boards import boards
from server.store.people import people
from server.store.sources import sources
from tests.cast import EDITOR, KEEPER, NOW, PHO_DONG_HAI, TIN_XA, Person
from tests.desk.office import Browser, Office

HERE = f"/desk/sources/{TIN_XA.slug}"


def trust(office: Office, slug: str = TIN_XA.slug) -> Trust:
    return sources.get(office.db, slug).trust


def agrees(office: Office, browser: Browser, slug: str = TIN_XA.slug) -> int:
    mark = content_mark(sources.get(office.db, slug))
    return browser.post(f"/desk/sources/{slug}/trust", {"trust": "auto", "mark": mark}).status_code


def commune_editor(office: Office) -> Browser:
    mai = Person("mai", "Lý Mai", "editor", "xa-minh-tan")
    people.add(office.db, username="mai", name=mai.name, email="mai@example.vn", actor="os:root", now=NOW)
    people.grant(office.db, "mai", Grant("editor", mai.area), by=None, actor="os:root", now=NOW)
    return office.browser(mai)


def test_a_keeper_alone_lets_no_source_air_unread(office: Office) -> None:
    keeper = office.browser(KEEPER)
    assert keeper.post(f"{HERE}/trust", {"trust": "auto"}).status_code == 403
    keeper.post(f"{HERE}/settings", {"trust": "auto", "name": "Tin xã"})
    assert trust(office) == "hold"


def test_an_editor_of_the_area_does_with_a_fresh_factor_and_it_is_audited(office: Office) -> None:
    assert agrees(office, office.browser(EDITOR, factor=False)) == STATUS
    assert trust(office) == "hold"
    assert agrees(office, office.browser(EDITOR)) == 303
    assert trust(office) == "auto"
    last = audit.all(office.db)[-1]
    assert (last.act, last.actor, last.subject) == ("source.save", EDITOR.slug, f"source/{TIN_XA.slug}")
    office.browser(KEEPER).post(f"{HERE}/settings", {"trust": "hold", "name": "Tin xã"})
    assert trust(office) == "hold", "holding needs nobody else"


@pytest.mark.parametrize("act", ["move", "selectors"])
def test_a_source_that_reads_something_else_is_held_again(office: Office, act: str) -> None:
    assert agrees(office, office.browser(EDITOR)) == 303
    state = SourceState(TIN_XA.slug, next_fetch_at=NOW, moved_to="https://x.example/tin", moved_since=NOW)
    sources.claim_due(office.db, worker="w", now=NOW, lease=10 * (NOW - NOW), limit=9)
    sources.finish(office.db, TIN_XA.slug, worker="w", state=state)
    page = office.browser(KEEPER).post(f"{HERE}/{act}", {"item": "li.tin"}, follow_redirects=True).text
    assert trust(office) == "hold"
    assert "từ nay chờ duyệt" in page


def test_an_editor_agrees_only_to_what_was_read(office: Office) -> None:
    read = content_mark(sources.get(office.db, TIN_XA.slug))
    sources.save(office.db, replace(TIN_XA, url="https://x.example/"), actor=KEEPER.slug, now=NOW)
    office.browser(EDITOR).post(f"{HERE}/trust", {"trust": "auto", "mark": read})
    assert trust(office) == "hold"


def test_the_editors_of_other_boards_with_a_lane_must_agree_too(office: Office) -> None:
    lane = replace(PHO_DONG_HAI, lanes=(*PHO_DONG_HAI.lanes, Lane(TIN_XA.slug, 5, 30)))
    boards.save(office.db, lane, actor=KEEPER.slug, now=NOW)
    assert agrees(office, commune_editor(office)) == 403
    assert agrees(office, office.browser(EDITOR)) == 303, "the province's editor is the editor of both"


def test_name_and_label_are_words_on_the_air_which_a_keeper_does_not_write(office: Office) -> None:
    before, words = sources.get(office.db, TIN_XA.slug), {"name": "Tin xã", "label": "KHẨN"}
    keeper = office.browser(KEEPER)
    assert keeper.post(f"{HERE}/words", words).status_code == 403
    keeper.post(f"{HERE}/settings", words)
    held = sources.get(office.db, TIN_XA.slug)
    assert (held.name, held.label) == (before.name, before.label)
    assert 'name="label"' not in keeper.get(HERE).text
    editor = commune_editor(office)
    assert 'name="label"' in editor.get(HERE).text
    assert editor.post(f"{HERE}/words", words).status_code == 303
    held, last = sources.get(office.db, TIN_XA.slug), audit.all(office.db)[-1]
    assert (held.name, held.label) == ("Tin xã", "KHẨN")
    assert (last.act, last.actor) == ("source.save", "mai")


def test_a_new_source_takes_nothing_over_from_a_removed_one(office: Office) -> None:
    keeper, old = office.browser(KEEPER), sources.get(office.db, TIN_XA.slug)
    keeper.post(f"{HERE}/remove")
    form = {"area": "xa-minh-tan", "name": TIN_XA.slug, "address": "https://x.example/rss"}
    assert keeper.post("/desk/sources/add", form).headers["Location"] == f"{HERE}-2"
    sent = write_opml("tin", [Outline(TIN_XA.slug, "https://y.example/rss")])
    keeper.post("/desk/sources/opml", {"area": "xa-minh-tan", "file": (BytesIO(sent), "tin.opml")})
    made = {one.slug: one.url for one in sources.all(office.db)}
    assert made[f"{old.slug}-3"] == "https://y.example/rss"
    assert old.slug not in made
