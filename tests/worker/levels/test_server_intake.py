"""A commune reads the province, and servers read each other in a ring: real stores, real applications."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import replace

import pytest

from feeds import FeedError, FetchPolicy
from server.content.board_content import announcement_item
from server.content.store_snapshot import read_snapshot
from server.core.levels.items import WELL_KNOWN
from server.core.model import AlertSettings, Attachment, Window
from server.core.sources.trials import Trial
from server.notifications.websub import signature
from server.slides.render import Renderer
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.database.errors import StoreBusy
from server.store.levels import items, peers
from server.store.levels.peers import AreaLink
from server.store.notices import actions, notices
from server.store.sources import sources, stories, trials
from server.worker.levels.server_intake import ITSELF, NOT_LINKED, OTHER_SERVER
from server.worker.levels.server_trial import ServerTrial
from tests.cast import DAY, EDITOR, HOUR, KEEPER, NOW, announcement, entry, notice
from tests.store.sources.readings import save
from tests.worker.levels.network import Network, Node

HALL, COMMUNE = "hoi-truong", "xa-minh-tan"
LAN = EDITOR.slug


@pytest.fixture
def pair(net: Network) -> tuple[Node, Node]:
    """The province, and the commune that has added it by its address."""
    province, commune = net.node("tinh", HALL), net.node("xa", COMMUNE)
    commune.follow(province, COMMUNE)
    return province, commune


def test_a_server_says_who_it_is_and_speaks_for_its_own_areas_only(net: Network) -> None:
    commune, province = net.node("xa", COMMUNE), net.node("tinh", HALL)
    said = json.loads(commune.office.browser().get(WELL_KNOWN).data)
    assert [area["slug"] for area in said["areas"]] == [COMMUNE]
    assert said["areas"][0]["feed"] == f"https://xa.example.vn/area/{COMMUNE}/bang-tin.json"
    assert said["hub"] == "https://xa.example.vn/websub"
    assert said["server"] == json.loads(commune.office.browser().get(WELL_KNOWN).data)["server"]
    other = json.loads(province.office.browser().get(WELL_KNOWN).data)
    assert other["server"] != said["server"]
    assert next((area["slug"], area["codes"]) for area in other["areas"]) == ("tinh", ["VN-66"])


def test_stories_announcements_postings_and_notices_come_once(net: Network, pair: tuple[Node, Node]) -> None:
    province, commune = pair
    province.post(announcement(title="Cấp nước"))
    province.post(announcement(title="Quy hoạch", longest_gap=HOUR, priority=True))
    notices.post(province.office.db, notice(), actor=LAN, now=NOW)
    save(province.office.db, entry("bai-1", title="Cầu mới"))
    for _ in range(3):
        commune.read(province)
        net.later(minutes=1)
    taken = {one.title: one for one in commune.announcements()}
    assert sorted(taken) == ["Cấp nước", "Quy hoạch"]
    assert {one.state for one in taken.values()} == {"approved"}
    assert {one.area for one in taken.values()} == {COMMUNE}
    assert taken["Quy hoạch"].longest_gap == HOUR
    assert taken["Quy hoạch"].priority
    assert [one.title for one in commune.stories(province)] == ["Cầu mới"]
    (live,) = commune.live()
    assert (live.headline, live.areas, live.level) == (notice().headline, (COMMUNE,), "urgent")
    assert set(items.imposed(commune.office.db).values()) == {"tinh"}


def test_with_hold_and_draft_everything_waits_for_an_editor(net: Network) -> None:
    province, commune = net.node("tinh", HALL), net.node("xa", COMMUNE)
    commune.follow(province, COMMUNE, trust="hold", alerts="draft")
    province.post(announcement())
    notices.post(province.office.db, notice(), actor=LAN, now=NOW)
    save(province.office.db, entry("bai-1"))
    commune.read(province)
    assert [one.state for one in commune.announcements()] == ["submitted"]
    assert commune.live() == []
    assert [one.state for one in notices.all(commune.office.db, states=["drafted"])] == ["drafted"]
    assert commune.stories(province) == []


def test_corrections_replace_and_withdrawals_take_down(net: Network, pair: tuple[Node, Node]) -> None:
    province, commune = pair
    db = province.office.db
    first, other = province.post(announcement(title="Họp lúc 7 giờ")), province.post(announcement(title="Cấp nước"))
    alarm = notices.post(db, notice(), actor=LAN, now=NOW)
    save(db, entry("bai-1", title="Cầu mới"))
    commune.read(province)
    net.later(minutes=1)
    now = province.office.now
    second = province.post(
        announcement(title="Họp lúc 8 giờ", replaces=first.id, created=now, decided=now, state="approved")
    )
    assert second.replaces == first.id
    announcements.withdraw(db, other.id, actor=LAN, now=now)
    actions.correct(db, alarm.id, replace(notice(headline="Bão số 3 đã đổi hướng")), actor=LAN, now=now,
                    four_eyes=False)  # fmt: skip
    stories.withdraw(db, 1, actor=LAN, now=now)
    commune.read(province)
    assert [one.title for one in commune.announcements()] == ["Họp lúc 8 giờ"]
    assert [one.headline for one in commune.live()] == ["Bão số 3 đã đổi hướng"]
    assert commune.stories(province) == []
    net.later(minutes=1)
    (corrected,) = province.live()
    actions.extend(db, corrected.id, NOW + 3 * HOUR, actor=LAN, now=province.office.now)
    commune.read(province)
    assert [one.until for one in commune.live()] == [NOW + 3 * HOUR]
    notices.clear(db, corrected.id, actor=LAN, now=province.office.now)
    commune.read(province)
    assert commune.live() == []


def test_a_change_that_is_not_taken_does_not_keep_the_item_from_being_taken_down(
    net: Network, pair: tuple[Node, Node]
) -> None:
    province, commune = pair
    alarm = notices.post(province.office.db, notice(), actor=LAN, now=NOW)
    commune.read(province)
    source = sources.get(commune.office.db, "tu-tinh")
    closed = replace(source, cap=AlertSettings(alerts="none"))
    sources.save(commune.office.db, closed, actor=LAN, now=commune.office.now)
    net.later(minutes=1)
    actions.extend(province.office.db, alarm.id, NOW + 3 * HOUR, actor=LAN, now=province.office.now)
    commune.read(province)
    assert len(commune.live()) == 1
    net.later(minutes=1)
    notices.clear(province.office.db, alarm.id, actor=LAN, now=province.office.now)
    commune.read(province)
    assert commune.live() == []


def test_what_leaves_the_feed_and_comes_back_is_shown_again(net: Network, pair: tuple[Node, Node]) -> None:
    province, commune = pair
    db = province.office.db
    hall = boards.get(db, HALL)
    boards.save(db, replace(hall, slug="nha-van-hoa", name="Nhà văn hóa"), actor=LAN, now=NOW)
    province.post(announcement(title="Cấp nước", boards=(HALL,), windows=(Window(NOW, NOW + 30 * DAY),)))
    for public in (True, False, True, False, True):
        boards.save(db, replace(boards.get(db, HALL), public=public), actor=LAN, now=province.office.now)
        net.later(hours=2)
        commune.read(province)
        commune.read(province)  # the first reading has only been told that the item is there again
        assert bool(commune.announcements("Cấp nước")) == public
    assert commune.read(province).warning == ""


def test_a_correction_waits_for_the_editor_and_what_he_took_off_stays_off(net: Network) -> None:
    province, commune = net.node("tinh", HALL), net.node("xa", COMMUNE)
    commune.follow(province, COMMUNE, trust="hold")
    first, other = province.post(announcement(title="Họp lúc 7 giờ")), province.post(announcement(title="Cấp nước"))
    commune.read(province)
    for one in commune.announcements():
        announcements.take(commune.office.db, one.id, "approve", actor=LAN, now=NOW)
    water = commune.announcements("Cấp nước")[0]
    announcements.withdraw(commune.office.db, water.id, actor=LAN, now=NOW)
    net.later(minutes=1)
    now = province.office.now
    province.post(announcement(title="Họp lúc 8 giờ", replaces=first.id, created=now, decided=now))
    commune.read(province)
    assert [(one.title, one.state) for one in commune.announcements()] == [
        ("Họp lúc 7 giờ", "approved"),
        ("Họp lúc 8 giờ", "submitted"),
    ]
    correction = commune.announcements("8 giờ")[0]
    announcements.take(commune.office.db, correction.id, "approve", actor=LAN, now=now)
    commune.read(province)
    assert [one.title for one in commune.announcements()] == ["Họp lúc 8 giờ"]
    assert other.id


def test_a_week_without_the_line_then_one_poll_brings_everything_once(net: Network, pair: tuple[Node, Node]) -> None:
    province, commune = pair
    old = province.post(announcement(title="Cũ", windows=(Window(NOW, NOW + 30 * DAY),)))
    province.post(announcement(title="Còn", windows=(Window(NOW, NOW + 30 * DAY),)))
    commune.read(province)
    net.cut.add("tinh")
    for number in range(7):
        net.later(days=1)
        now = province.office.now
        province.post(announcement(title=f"Ngày {number}", created=now, windows=(Window(now, now + 30 * DAY),)))
        with pytest.raises(FeedError):
            commune.read(province)
    announcements.withdraw(province.office.db, old.id, actor=LAN, now=province.office.now)
    net.cut.clear()
    net.asked.clear()
    commune.read(province)
    assert sorted(one.title for one in commune.announcements()) == sorted(["Còn", *(f"Ngày {n}" for n in range(7))])
    net.later(hours=3)
    for _ in range(3):
        commune.read(province)
        net.later(minutes=1)
    assert len(commune.announcements()) == 8
    fed = [(status, size) for path, status, size in net.asked if path.startswith("/area/")]
    assert fed[-1] == (304, 0)
    assert fed[1][1] < fed[0][1] / 3  # only names and versions of what has not changed


def test_nothing_loops_between_two_servers_and_in_a_ring_of_three(net: Network) -> None:
    a, b, c = net.node("a", HALL), net.node("b", HALL), net.node("c", HALL)
    for reader, read in ((a, b), (b, a), (b, c), (c, b), (a, c), (c, a)):
        reader.follow(read, "tinh")
    posted = a.post(announcement(title="Của A"))
    b.post(announcement(title="Của B"))
    save(c.office.db, entry("bai-1", title="Tin của C"))
    for _ in range(3):
        for reader, read in ((b, a), (c, b), (a, c), (a, b), (b, c), (c, a)):
            reader.read(read)
        net.later(minutes=1)
    for node in (a, b, c):
        assert sorted(one.title for one in node.announcements()) == ["Của A", "Của B"], node.name
    assert [len(a.stories(b)) + len(a.stories(c)), len(b.stories(a)) + len(b.stories(c))] == [1, 1]
    announcements.withdraw(a.office.db, posted.id, actor=LAN, now=a.office.now)
    for _ in range(2):
        for reader, read in ((b, a), (c, b), (c, a)):
            reader.read(read)
    assert [[one.title for one in node.announcements()] for node in (b, c)] == [["Của B"], ["Của B"]]


def test_items_pass_through_a_server_that_lies_between(net: Network) -> None:
    centre, province, commune = net.node("a", HALL), net.node("b", HALL), net.node("c", COMMUNE)
    province.follow(centre, "tinh")
    commune.follow(province, COMMUNE)
    alarm = notices.post(centre.office.db, notice(), actor=LAN, now=NOW)
    one = centre.post(announcement(title="Từ trung ương"))
    province.read(centre)
    commune.read(province)
    assert [found.title for found in commune.announcements()] == ["Từ trung ương"]
    assert len(commune.live()) == 1
    net.later(minutes=1)
    announcements.withdraw(centre.office.db, one.id, actor=LAN, now=centre.office.now)
    notices.clear(centre.office.db, alarm.id, actor=LAN, now=centre.office.now)
    province.read(centre)
    commune.read(province)
    assert commune.announcements() == []
    assert commune.live() == []


@pytest.mark.parametrize("kind", ["notice", "announcement", "story"])
def test_an_item_whose_origin_is_not_stored_yet_is_not_passed_on(
    net: Network, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The worker was killed between an item and its origin; servers that read this one then do not double it."""
    centre, province, commune = net.node("a", HALL), net.node("b", HALL), net.node("c", COMMUNE)
    for reader, read, area in ((province, centre, "tinh"), (centre, province, "tinh"), (commune, province, COMMUNE)):
        reader.follow(read, area)
    if kind == "notice":
        notices.post(centre.office.db, notice(), actor=LAN, now=NOW)
    elif kind == "announcement":
        centre.post(announcement(title="Từ trung ương"))
    else:
        save(centre.office.db, entry("bai-1", title="Tin trung ương"))

    def killed(*_: object) -> None:
        raise StoreBusy("killed")

    def held(node: Node) -> int:
        return len(node.live()) + len(node.announcements()) + len(node.stories(province))

    with monkeypatch.context() as patched:
        patched.setattr(items, "put", killed)
        with pytest.raises(StoreBusy):
            province.read(centre)
    own = held(centre)
    for reader in (commune, centre):
        reader.read(province)
    assert (held(commune), held(centre)) == (0, own)
    for reader, read in ((province, centre), (commune, province), (centre, province)):
        reader.read(read)
    assert (held(commune), held(centre)) == (1, own)


def test_a_server_that_lies_about_its_areas_gets_nothing_through(net: Network) -> None:
    liar, commune = net.node("doi", "pho-dong-hai"), net.node("xa", COMMUNE)
    commune.follow(liar, COMMUNE)
    liar.post(announcement(area="xa-dong-hai", title="Giả"))
    notices.post(liar.office.db, notice(areas=("xa-dong-hai",)), actor=LAN, now=NOW)
    update = commune.read(liar)
    assert update.warning == NOT_LINKED
    assert (commune.announcements(), commune.live()) == ([], [])
    peer = peers.peer(commune.office.db, "tu-doi")
    assert peer is not None
    assert [area.slug for area in peer.document.areas] == ["xa-dong-hai"]
    link = AreaLink("tu-doi", "xa-dong-hai", COMMUNE, "Xã Đông Hải", LAN, NOW)
    peers.link(commune.office.db, link, actor=LAN, now=NOW)
    commune.read(liar)
    assert [one.title for one in commune.announcements()] == ["Giả"]
    assert [one.areas for one in commune.live()] == [(COMMUNE,)]
    assert items.imposed(commune.office.db) == {}


def test_another_server_at_the_address_and_the_server_itself_are_refused(
    net: Network, pair: tuple[Node, Node]
) -> None:
    province, commune = pair
    commune.read(province)
    commune.follow(commune, COMMUNE)
    with pytest.raises(FeedError, match=ITSELF):
        commune.read(commune)
    stranger = net.node("la", HALL)
    net.nodes["tinh"] = stranger
    with pytest.raises(FeedError, match=OTHER_SERVER):
        commune.read(province)


def test_pictures_are_fetched_and_a_spoilt_one_is_not_shown(net: Network, pair: tuple[Node, Node]) -> None:
    province, commune = pair
    body = b"RIFF a picture"
    name = hashlib.sha256(body).hexdigest()[:16]
    (province.folder() / f"{name}.webp").write_bytes(body)
    page = Attachment(name, "Trang 1", 8, 6)
    province.post(announcement(title="Quyết định", kind="pdf", attachments=(page,), longest_gap=HOUR))
    net.spoilt = True
    assert not commune.read(province).complete
    assert commune.announcements() == []
    net.spoilt = False
    assert commune.read(province).complete
    (one,) = commune.announcements()
    assert one.attachments == (page,)
    assert (commune.folder() / f"{name}.webp").read_bytes() == body


def test_drills_are_marked_and_alerts_of_others_are_not_passed_on(net: Network, pair: tuple[Node, Node]) -> None:
    province, commune = pair
    db = province.office.db
    notices.post(db, notice(headline="Lũ quét", exercise=True), actor=LAN, now=NOW)
    notices.post(db, notice(origin="alert:x", created_by="system"), actor=LAN, now=NOW)
    feed = json.loads(province.office.browser().get("/area/tinh/bang-tin.json").data)
    assert [(one["title"], one["exercise"]) for one in feed["items"]] == [("Lũ quét", True)]
    commune.read(province)
    assert commune.live() == []  # a drill waits for an editor, who may allow the source to show drills


def test_a_push_is_verified_signed_and_makes_the_source_due(net: Network, pair: tuple[Node, Node]) -> None:
    province, commune = pair
    commune.read(province)
    subscriber = commune.subscriber()
    subscriber.tick()
    (asked,) = net.posted
    assert asked["hub.topic"] == "https://tinh.example.vn/area/tinh/bang-tin.json"
    path = asked["hub.callback"].removeprefix("https://xa.example.vn")
    browser = commune.office.browser().client
    question = {"hub.mode": "subscribe", "hub.topic": asked["hub.topic"], "hub.challenge": "abc"}
    assert browser.get(path, query_string={**question, "hub.topic": "https://khac/"}).status_code == 404
    assert browser.get("/levels/push/la", query_string=question).status_code == 404
    assert browser.get(path, query_string=question).data == b"abc"
    assert browser.get(path, query_string=question).status_code == 404  # nobody asked again
    net.later(seconds=10)
    subscriber.tick()
    assert len(net.posted) == 1
    source = "tu-tinh"
    before = _due(commune, source)
    browser.post(path, data=b"{}", headers={"X-Hub-Signature": "sha256=0"})
    assert _due(commune, source) == before
    signed = {"X-Hub-Signature": signature(asked["hub.secret"], b"{}")}
    assert browser.post(path, data=b"{}", headers=signed).status_code == 202
    assert _due(commune, source) == commune.office.now


def _due(node: Node, slug: str) -> object:
    return next(state.next_fetch_at for state in sources.states(node.office.db) if state.slug == slug)


def test_the_feed_is_small_as_gzip(net: Network) -> None:
    province = net.node("tinh", HALL)
    for number in range(30):
        province.post(announcement(title=f"Thông báo {number}", text="Nội dung thông báo của tỉnh. " * 40))
    body = province.office.browser().get("/area/tinh/bang-tin.json").data
    assert len(gzip.compress(body)) < len(body) / 8
    net.later(hours=2)
    later = json.loads(province.office.browser().get("/area/tinh/bang-tin.json?since=2026-03-09T01:30:00Z").data)
    assert later["items"] == []
    assert set(later["unchanged"]) == {one["origin"] for one in json.loads(body)["items"]}


def test_what_is_imposed_counts_as_from_above_and_its_page_at_the_desk_opens(
    net: Network, pair: tuple[Node, Node]
) -> None:
    province, commune = pair
    province.post(announcement(title="Cấp nước"))
    notices.post(province.office.db, notice(), actor=LAN, now=NOW)
    commune.read(province)
    own = commune.post(announcement(title="Của xã", area=COMMUNE))
    (theirs,) = commune.announcements("Cấp nước")
    snapshot = read_snapshot(commune.office.db, NOW)
    (board,) = snapshot.boards
    found = {
        one.title: announcement_item(Renderer(), snapshot, board, one)[0]
        for one in snapshot.announcements[board.slug]
    }
    assert (found["Cấp nước"].upper, found["Cấp nước"].source) == (True, "Tỉnh Hưng Yên")
    assert not found["Của xã"].upper
    assert own.id != theirs.id
    (live,) = commune.live()
    page = commune.office.browser(EDITOR).get(f"/desk/urgent/{live.id}")
    assert live.headline in page.text


def test_a_trial_recognises_a_server_by_its_address_and_shows_what_it_has(
    net: Network, pair: tuple[Node, Node]
) -> None:
    province, commune = pair
    province.post(announcement(title="Cấp nước"))
    trial = ServerTrial(lambda url, policy: net.fetch(url, policy, etag="", last_modified=""))
    found = trial.look("https://tinh.example.vn", FetchPolicy())
    assert found is not None
    assert found.server is not None
    assert found.server.areas == ("Tỉnh Hưng Yên", "Xã Minh Tân", "Xã Đông Hải")
    assert found.feed is not None
    assert [one.title for one in found.feed.entries] == ["Cấp nước"]
    assert trial.look("https://tinh.example.vn/tin-tuc", FetchPolicy()) is None
    key = "0" * 32
    trials.ask(commune.office.db, Trial(key, KEEPER.slug, "look", province.url, None, None, NOW))
    trials.save(commune.office.db, key, found)
    page = commune.office.browser(KEEPER).get(f"/desk/sources/look?trial={key}").text
    assert "Đây là một máy chủ Bảng Tin khác" in page
    assert 'name="kind" value="server"' in page
