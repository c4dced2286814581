"""The page of another server: who may speak here is the editor's choice, and what may air without approval."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.core.levels.items import RemoteArea, ServerDocument
from server.core.levels.sharing import KnownItem
from server.core.model import AlertSettings, Source
from server.core.sources.trust import content_mark
from server.desk.sources.server_views import MOST_OTHERS
from server.store.announcements import announcements
from server.store.audit import audit
from server.store.levels import items, peers
from server.store.levels.peers import FeedPosition, Peer
from server.store.sources import sources
from tests.cast import EDITOR, KEEPER, NOW, announcement
from tests.desk.office import Office

SLUG = "may-chu-xa"
HERE = f"/desk/sources/{SLUG}"
OTHER = Source(SLUG, "Bảng tin xã", "server", "https://xa.example.vn/", area="tinh", cap=AlertSettings())
DOCUMENT = ServerDocument("a" * 32, "Xã Minh Tân", "0.2.0", (RemoteArea("x", "Xã Minh Tân", feed="/x"),))


@pytest.fixture
def other(office: Office) -> Office:
    sources.save(office.db, OTHER, actor=KEEPER.slug, now=NOW)
    peers.save_peer(office.db, Peer(SLUG, DOCUMENT, {"/x": FeedPosition("e", NOW)}, NOW))
    return office


def test_a_new_server_is_added_with_everything_held(office: Office) -> None:
    form = {"kind": "server", "address": "https://tinh.example.vn/", "name": "Tỉnh", "area": "tinh"}
    office.browser(KEEPER).post("/desk/sources/add", data=form)
    (made,) = (one for one in sources.all(office.db) if one.kind == "server")
    assert (made.trust, made.cap, made.adaptive) == ("hold", AlertSettings(), False)


def test_an_editor_links_an_area_and_takes_it_back(other: Office) -> None:
    editor = other.browser(EDITOR)
    assert "không nhận gì của đơn vị này" in editor.get(HERE).text
    editor.post(f"{HERE}/areas", data={"area:x": "xa-minh-tan"})
    (link,) = peers.links(other.db, SLUG)
    assert (link.remote, link.local, link.linked_by) == ("x", "xa-minh-tan", EDITOR.slug)
    peer = peers.peer(other.db, SLUG)
    assert peer is not None
    assert peer.feeds == {}  # read from anew
    page = editor.get(HERE).text
    assert "không nhận gì của đơn vị này" not in page
    assert EDITOR.name in page
    editor.post(f"{HERE}/areas", data={"area:x": "*"})
    assert peers.links(other.db, SLUG) == ()
    acts = [one.act for one in audit.all(other.db)]
    assert acts[-2:] == ["source.link_area", "source.unlink_area"]


def test_a_long_list_of_areas_is_cut_and_searched(other: Office) -> None:
    areas = tuple(RemoteArea(f"x-{number}", f"Xã số {number}", (f"XA-{number}",)) for number in range(200))
    peers.save_peer(other.db, Peer(SLUG, replace(DOCUMENT, areas=areas), {}, NOW))
    editor = other.browser(EDITOR)
    page = editor.get(HERE).text
    assert page.count('name="area:x-') == MOST_OTHERS
    assert "200 đơn vị khác" in page
    assert "Còn 150 đơn vị nữa" in page
    assert editor.get(f"{HERE}?q=xa so 17").text.count('name="area:x-') == 11  # 17 and 170 to 179
    assert 'name="area:x-123"' in editor.get(f"{HERE}?q=xa-123").text
    assert "Không đơn vị nào có tên hay mã như vậy." in editor.get(f"{HERE}?q=khác").text


def test_only_an_editor_lets_notices_air_at_once_and_a_new_address_ends_it(other: Office) -> None:
    mark = content_mark(OTHER)
    assert other.browser(KEEPER).post(f"{HERE}/notices", data={"alerts": "live", "mark": mark}).status_code == 403
    editor = other.browser(EDITOR)
    editor.post(f"{HERE}/notices", data={"alerts": "live", "mark": "old"})
    assert sources.get(other.db, SLUG).cap == AlertSettings()
    editor.post(f"{HERE}/notices", data={"alerts": "live", "mark": mark})
    editor.post(f"{HERE}/trust", data={"trust": "auto", "mark": mark})
    found = sources.get(other.db, SLUG)
    assert (found.trust, found.cap) == ("auto", AlertSettings(alerts="live"))
    sources.move(other.db, SLUG, "https://khac.example.vn/", actor="worker", now=NOW)
    found = sources.get(other.db, SLUG)
    assert (found.trust, found.cap) == ("hold", AlertSettings(alerts="draft"))


def test_what_the_level_above_has_imposed_is_named_in_the_list_and_on_the_page(other: Office) -> None:
    one = announcements.post(other.db, announcement(created_by=f"source:{SLUG}"), actor=f"source:{SLUG}")
    row = KnownItem("b/1", SLUG, "announcement", one.id, 1, ("b",), "", relation="above", imposed="tinh")
    items.put(other.db, row)
    browser = other.browser(EDITOR)
    for page in ("/desk/queue/?tab=on+air", f"/desk/queue/{one.id}"):
        shown = browser.get(page).text
        assert "do Tỉnh Hưng Yên áp xuống" in shown, page
        assert OTHER.name in shown, page
    items.put(other.db, replace(row, relation="below", imposed=""))
    assert f"từ máy chủ «{OTHER.name}»" in browser.get(f"/desk/queue/{one.id}").text
