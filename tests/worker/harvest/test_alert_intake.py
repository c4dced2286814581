"""From a poll to the notices on air: what a source publishes is shown, replaced, ended, or told as no data."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from xml.sax.saxutils import escape

import pytest

from server.core.alerts.document import AlertArea, Circle
from server.core.alerts.rules import AlertRules
from server.core.areas import AreaTree
from server.core.policy import Grant
from server.store.alerts import alert_list, alerts, documents, links, local_ends, polls, timeline
from server.store.alerts.documents import Received
from server.store.database.errors import StoreBusy
from server.store.notices import actions, notices
from server.store.people import messages, people
from server.store.sources import sources, story_queries
from server.worker.harvest.alert_reconciler import AlertReconciler
from tests.cast import AREAS, BOARDS, DAY, EDITOR, MINUTE, NOW
from tests.core.alerts.documents import alert, info
from tests.store.conftest import Opens
from tests.worker.harvest.alert_site import CENTRE, HALL_ONLY, AlertCase, Cap, cancel, update

STORM = Cap("bao-1")
ALL = tuple(sorted(one.slug for one in BOARDS))


def test_an_alert_is_on_the_boards_of_its_area_after_one_poll(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    (shown,) = alert_case.live()
    assert shown.boards == ALL
    assert (shown.level, shown.headline, shown.danger) == ("urgent", "Bão số 3 vào Hưng Yên", "Bão")
    assert shown.acts == ("Ở yên trong nhà.", "Không ra khơi.")
    assert shown.until == STORM.sent + STORM.lasts
    assert shown.holds_until == alert_case.clock() + 15 * MINUTE
    assert (shown.origin, shown.sender) == ("nchmf/canh-bao@khituong.example/bao-1", "Trung tâm khí tượng")


def test_only_the_boards_within_its_area_show_it(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(replace(STORM, place=HALL_ONLY))
    (shown,) = alert_case.live()
    assert (shown.boards, shown.areas) == (("hoi-truong",), ("tinh",))


def test_alerts_that_this_server_has_published_itself_are_left_out(alert_case: AlertCase) -> None:
    """Neighbours may pass them on: servers that read each other would send an alert around for ever."""
    alert_case.use(own=frozenset({CENTRE}))
    alert_case.poll(STORM)
    assert alert_case.live() == ()
    assert alert_case.states() == {}
    assert [one.last_good for one in polls.views(alert_case.db, alert_case.clock())] == [alert_case.clock()]


def test_the_own_senders_are_read_once_a_poll(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(*(replace(STORM, identifier=f"bao-{n}") for n in range(5)))
    assert alert_case.own_read == 1


def test_an_update_takes_the_place_of_what_it_names(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    (first,) = alert_case.live()
    alert_case.poll(update("bao-2", STORM, alert_case.clock()), STORM)
    (second,) = alert_case.live()
    assert (second.headline, second.replaces) == ("Bão mạnh lên", first.id)
    assert notices.get(alert_case.db, first.id).state == "corrected"
    assert alert_case.states() == {"bao-1": "ended", "bao-2": "in_force"}


def test_boards_outside_a_smaller_area_are_told_that_it_is_over(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    alert_case.poll(update("bao-2", STORM, alert_case.clock(), place=HALL_ONLY), STORM)
    over = "Đã hết hiệu lực: Bão số 3 vào Hưng Yên"
    assert alert_case.headlines("hoi-truong") == ["Bão mạnh lên"]
    assert alert_case.headlines("pho-dong-hai") == [over]
    assert alert_case.headlines("xa-minh-tan") == [over]


def test_description_and_address_come_with_the_notice_and_go_with_it(alert_case: AlertCase) -> None:
    alert_case.use(web_hosts=("khituong.example",))
    more = "<description>Gió cấp 12.</description><web>https://www.khituong.example/bao-3</web>"
    alert_case.poll(replace(STORM, extra=more))
    (one,) = alert_case.live()
    assert (one.description, one.link) == ("Gió cấp 12.", "https://www.khituong.example/bao-3")
    alert_case.poll(cancel("huy", STORM, alert_case.clock()), replace(STORM, extra=more))
    (calm,) = alert_case.live()
    assert (calm.description, calm.link) == ("", "")


def test_a_code_leads_to_the_domain_of_the_source_and_nowhere_else(alert_case: AlertCase) -> None:
    alert_case.use()
    here, there = ("https://127.0.0.1/bao-3", "https://khac.example/bao-3")
    alert_case.poll(
        replace(STORM, extra=f"<web>{here}</web>"), Cap("mua", headline="Mưa", extra=f"<web>{there}</web>")
    )
    assert {one.headline: one.link for one in alert_case.live()} == {STORM.headline: here, "Mưa": ""}


def test_a_cancel_leaves_a_calm_minute(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    alert_case.poll(cancel("huy", STORM, alert_case.clock()), STORM)
    (calm,) = alert_case.live()
    assert calm.calm
    assert (calm.headline, calm.level, calm.danger, calm.acts) == (
        "Đã hết hiệu lực: Bão số 3 vào Hưng Yên", "priority", "", (),
    )  # fmt: skip
    assert calm.until == alert_case.clock() + MINUTE
    alert_case.clock.move(minutes=2)
    assert alert_case.live() == ()


def test_an_alert_that_expires_leaves_a_calm_minute(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(replace(STORM, lasts=20 * MINUTE))
    alert_case.clock.move(minutes=10, seconds=5)
    assert alert_case.live() == ()
    alert_case.reconciler.tick()
    assert alert_case.headlines() == ["Đã hết hiệu lực: Bão số 3 vào Hưng Yên"]
    alert_case.clock.move(seconds=30)
    alert_case.reconciler.reconcile("nchmf")
    assert len(alert_case.live()) == 1


def test_a_cancelled_alert_that_comes_late_is_never_shown(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(cancel("huy", STORM, NOW + MINUTE))
    alert_case.poll(STORM, cancel("huy", STORM, NOW + MINUTE))
    assert alert_case.live() == ()
    assert alert_case.states() == {"bao-1": "ended"}


HTML = b"<!doctype html><html><body>Trang dang bao tri</body></html>"
BROKEN = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry>'


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (204, "application/atom+xml", b""),
        (200, "application/atom+xml", b""),
        (200, "text/html", HTML),
        (200, "application/atom+xml", BROKEN),
        (500, "text/plain", b"loi"),
        (404, "text/plain", b""),
    ],
)
def test_an_answer_without_data_ends_nothing_and_is_told(
    alert_case: AlertCase, status: int, kind: str, body: bytes
) -> None:
    alert_case.use(index="complete")
    alert_case.poll(STORM)
    good = alert_case.clock()
    for _ in range(5):
        alert_case.site.answer(status, kind, body)
        alert_case.poll()
    assert alert_case.headlines() == ["Bão số 3 vào Hưng Yên"]
    assert alert_case.polls().last_good == good
    assert alert_case.polls().reason
    assert alert_case.state().failures >= 3
    assert polls.silent(alert_case.db, alert_case.clock(), AlertRules()) == ("Đài khí tượng",)
    alert_case.poll(STORM)
    assert polls.silent(alert_case.db, alert_case.clock(), AlertRules()) == ()
    assert [one.last_good for one in polls.views(alert_case.db, alert_case.clock())] == [alert_case.clock()]


def test_an_empty_feed_is_data(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.site.publish()
    alert_case.poll()
    assert alert_case.polls().last_good == alert_case.clock()
    (view,) = polls.views(alert_case.db, alert_case.clock())
    assert (view.name, view.boards) == ("Đài khí tượng", frozenset(ALL))


DAMAGED = b"<content>&lt;alert>&lt;identifier>hong</content>"


def test_a_damaged_alert_in_the_index_is_told_to_boards(alert_case: AlertCase) -> None:
    alert_case.use()
    entry = b"<entry><id>x</id><title>x</title>%s</entry>" % DAMAGED
    index = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>Canh bao</title>%s</feed>'
    seen = []
    for inside in (entry, b""):
        alert_case.site.answer(200, body=index % inside)
        alert_case.poll()
        (view,) = polls.views(alert_case.db, alert_case.clock())
        seen.append((view.cut, view.last_good == alert_case.clock()))
    assert seen == [(True, True), (False, True)]


def test_an_alert_gone_from_a_complete_index_is_over_after_three_good_polls(alert_case: AlertCase) -> None:
    alert_case.use(index="complete")
    alert_case.poll(STORM)
    alert_case.site.publish()
    seen = []
    for _ in range(3):
        alert_case.poll()
        alert_case.reconciler.reconcile("nchmf")
        seen.append(alert_case.headlines())
    assert seen[:2] == [["Bão số 3 vào Hưng Yên"]] * 2
    assert seen[2] == ["Đã hết hiệu lực: Bão số 3 vào Hưng Yên"]


def test_an_alert_gone_from_an_index_of_news_stays(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    alert_case.site.publish()
    for _ in range(4):
        alert_case.poll()
    assert alert_case.headlines() == ["Bão số 3 vào Hưng Yên"]


def test_a_document_that_cannot_be_read_yet_leaves_the_poll_without_data(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.site.publish(STORM)
    alert_case.site.answers["/cap/bao-1.xml"] = (503, "text/plain", b"")
    alert_case.poll()
    assert alert_case.polls().last_good is None
    assert alert_case.polls().reason == "Còn 1 cảnh báo trong danh mục chưa đọc được."
    alert_case.site.publish(STORM)
    alert_case.poll()
    assert alert_case.polls().last_good == alert_case.clock()
    assert alert_case.headlines() == ["Bão số 3 vào Hưng Yên"]


GONE = [(200, "text/html", HTML), (404, "text/plain", b""), (410, "text/plain", b"")]
UNREAD = [
    (401, "text/plain", b""),
    (403, "text/plain", b""),
    (200, "application/cap+xml", b""),
    (200, "application/cap+xml", STORM.xml()[:300]),
    *((200, "application/cap+xml", b"<%b>%b</%b>" % (root, DAMAGED, root)) for root in (b"alerts", b"x")),
]


@pytest.mark.parametrize("answer", GONE)
def test_a_link_that_leads_to_no_alert_is_told_and_keeps_nothing_else_back(
    alert_case: AlertCase, answer: tuple[int, str, bytes]
) -> None:
    alert_case.use()
    alert_case.site.publish(STORM, Cap("trang"))
    alert_case.site.answers["/cap/trang.xml"] = answer
    for _ in range(3):
        alert_case.poll()
    assert alert_case.headlines() == ["Bão số 3 vào Hưng Yên"]
    assert alert_case.polls().last_good == alert_case.clock()
    assert "trang.xml" in alert_case.state().warning


@pytest.mark.parametrize("answer", UNREAD)
def test_an_alert_that_cannot_be_read_leaves_every_poll_without_data(
    alert_case: AlertCase, answer: tuple[int, str, bytes]
) -> None:
    alert_case.use()
    alert_case.site.publish(STORM, Cap("hai"))
    alert_case.site.answers["/cap/hai.xml"] = answer
    for _ in range(4):
        alert_case.poll()
    assert alert_case.polls().last_good is None
    assert alert_case.polls().reason == "Còn 1 cảnh báo trong danh mục chưa đọc được."


@pytest.mark.parametrize("answer", [*GONE, *UNREAD])
def test_a_poll_that_could_read_none_of_what_the_index_lists_is_not_good(
    alert_case: AlertCase, answer: tuple[int, str, bytes]
) -> None:
    alert_case.use()
    alert_case.site.publish(STORM)
    alert_case.site.answers["/cap/bao-1.xml"] = answer
    for _ in range(4):
        alert_case.poll()
    assert alert_case.polls().last_good is None


def test_of_a_linked_document_the_whole_alert_is_shown_and_the_damaged_one_keeps_the_poll_open(
    alert_case: AlertCase,
) -> None:
    alert_case.use()
    alert_case.site.publish(STORM)
    whole = escape(STORM.xml().decode()).encode()
    both = b"<alerts><content>%b</content>%b</alerts>" % (whole, DAMAGED)
    alert_case.site.answers["/cap/bao-1.xml"] = (200, "application/cap+xml", both)
    for _ in range(4):
        alert_case.poll()
    assert alert_case.headlines() == [STORM.headline]
    assert alert_case.polls().last_good is None


def test_a_document_is_fetched_once(alert_case: AlertCase) -> None:
    alert_case.use()
    for _ in range(3):
        alert_case.poll(STORM)
    assert alert_case.site.asked.count("/cap/bao-1.xml") == 1


def test_of_two_contents_of_one_document_the_places_of_the_signed_one_count(alert_case: AlertCase) -> None:
    alert_case.use(certificate="tram.pem")
    hall = AlertArea("Hội trường", circles=(Circle(20.646, 106.051, 2),))
    signed = alert(signature="valid", infos=(info(areas=(hall,)),))
    forged = alert(signature="missing", received=signed.received + MINUTE)
    first, second = documents.save(
        alert_case.db,
        "nchmf",
        [Received(one, one.signature, "https://khituong.example", b"<alert/>") for one in (signed, forged)],
    )
    alert_case.clock.move(minutes=5)
    alert_case.reconciler.tick()
    (shown,) = alert_case.live()
    assert shown.boards == ("hoi-truong",)
    (row,) = alert_list.listing(alert_case.db, alert_case.clock()).rows
    assert (row.document, row.state, row.boards) == (first, "in_force", ("hoi-truong",))
    assert alerts.get(alert_case.db, second).state == "ignored"
    assert timeline.document_of_notice(alert_case.db, shown.id) == first


def test_the_boards_of_an_alert_are_found_once(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    reaches = alert_case.reconciler._known["nchmf"].reaches
    (kept,) = reaches.values()
    alert_case.reconciler.reconcile("nchmf")
    assert [one is kept for one in reaches.values()] == [True]


def test_in_draft_mode_an_alert_waits_for_an_editor(alert_case: AlertCase) -> None:
    alert_case.use(alerts="draft")
    alert_case.poll(STORM)
    assert alert_case.live() == ()
    row = alert_case.rows()["bao-1"]
    assert (row.state, row.boards) == ("draft", tuple(one.slug for one in BOARDS))
    alerts.approve(alert_case.db, row.document, actor=EDITOR.slug, now=alert_case.clock())
    alert_case.clock.move(seconds=1)
    alert_case.reconciler.tick()
    assert alert_case.headlines() == ["Bão số 3 vào Hưng Yên"]


def test_a_draft_sent_from_the_page_of_notices_stays_on_air(alert_case: AlertCase) -> None:
    alert_case.use(alerts="draft")
    alert_case.poll(STORM)
    (draft,) = notices.all(alert_case.db, states=["drafted"])
    alert_case.clock.move(seconds=30)
    sent = actions.send(alert_case.db, draft.id, actor=EDITOR.slug, now=alert_case.clock(), four_eyes=False)
    assert sent.holds_until == alert_case.clock() + 15 * MINUTE
    alert_case.poll()
    alert_case.reconciler.tick()
    (shown,) = alert_case.live()
    assert (shown.headline, shown.holds_until) == ("Bão số 3 vào Hưng Yên", sent.holds_until)
    assert alert_case.states() == {"bao-1": "in_force"}


def test_in_draft_mode_a_cancel_acts_at_once(alert_case: AlertCase) -> None:
    alert_case.use(alerts="draft")
    alert_case.poll(STORM)
    row = alert_case.rows()["bao-1"]
    alerts.approve(alert_case.db, row.document, actor=EDITOR.slug, now=alert_case.clock())
    alert_case.clock.move(seconds=1)
    alert_case.reconciler.tick()
    alert_case.poll(cancel("huy", STORM, alert_case.clock()), STORM)
    assert alert_case.headlines() == ["Đã hết hiệu lực: Bão số 3 vào Hưng Yên"]


def test_a_source_that_is_none_shows_nothing(alert_case: AlertCase) -> None:
    alert_case.use(alerts="none")
    alert_case.poll(STORM)
    assert (alert_case.live(), polls.views(alert_case.db, alert_case.clock())) == ((), ())


def test_under_four_eyes_an_unsigned_urgent_alert_is_a_draft_for_one_editor(alert_case: AlertCase) -> None:
    alert_case.use(AlertRules(four_eyes=True))
    alert_case.poll(STORM)
    assert alert_case.live() == ()
    row = alert_case.rows()["bao-1"]
    alerts.approve(alert_case.db, row.document, actor=EDITOR.slug, now=alert_case.clock())
    alert_case.clock.move(seconds=1)
    alert_case.reconciler.tick()
    assert alert_case.headlines() == ["Bão số 3 vào Hưng Yên"]


def test_a_flood_of_urgent_alerts_becomes_drafts(alert_case: AlertCase) -> None:
    alert_case.use(AlertRules(flood_count=3))
    alert_case.poll(*(replace(STORM, identifier=f"bao-{n}", headline=f"Bão {n}") for n in range(5)))
    assert len(alert_case.live()) == 3
    assert sorted(alert_case.states().values()) == ["draft", "draft", "in_force", "in_force", "in_force"]


def test_what_an_editor_took_off_is_not_raised_again_but_an_update_is(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    (shown,) = alert_case.live()
    notices.clear(alert_case.db, shown.id, actor=EDITOR.slug, now=alert_case.clock())
    alert_case.poll(STORM, Cap("khac", headline="Lũ quét"))
    assert alert_case.headlines() == ["Lũ quét"]
    alert_case.poll(update("bao-2", STORM, alert_case.clock()), STORM, Cap("khac", headline="Lũ quét"))
    assert "Bão mạnh lên" in alert_case.headlines()


def test_an_alert_ended_at_the_desk_leaves_at_once_and_stays_ended(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    row = alert_case.rows()["bao-1"]
    alerts.end(alert_case.db, row.document, actor=EDITOR.slug, now=alert_case.clock())
    assert alert_case.live() == ()
    alert_case.poll()
    alert_case.reconciler.tick()
    assert alert_case.live() == ()
    assert alert_case.rows()["bao-1"].why == ("Biên tập viên đã gỡ.",)


def test_an_alert_ended_in_one_area_stays_away_there_until_it_is_graver_or_taken_back(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    row = alert_case.rows()["bao-1"]
    local_ends.end_here(
        alert_case.db, row.document, ["xa-minh-tan"], AreaTree(AREAS), actor=EDITOR.slug, now=alert_case.clock()
    )
    assert alert_case.headlines("xa-minh-tan") == []
    alert_case.clock.move(seconds=1)
    alert_case.reconciler.tick()
    assert (alert_case.headlines("xa-minh-tan"), alert_case.headlines("hoi-truong")) == ([], [STORM.headline])
    assert "xa-minh-tan" not in alert_case.rows()["bao-1"].boards
    second = update("bao-2", STORM, alert_case.clock())
    alert_case.poll(second, STORM)
    assert (alert_case.headlines("xa-minh-tan"), alert_case.headlines("hoi-truong")) == ([], ["Bão mạnh lên"])
    assert alert_case.rows()["bao-2"].ended_in == ("xa-minh-tan",)
    third = replace(update("bao-3", second, alert_case.clock()), severity="Extreme", headline="Siêu bão")
    alert_case.poll(third, second, STORM)
    assert alert_case.headlines("xa-minh-tan") == ["Siêu bão"]
    assert alert_case.rows()["bao-3"].ended_in == ()


def test_an_alert_that_was_ended_everywhere_in_parts_comes_back_where_it_is_taken_back(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    number = alert_case.rows()["bao-1"].document
    local_ends.end_here(alert_case.db, number, ["tinh"], AreaTree(AREAS), actor=EDITOR.slug, now=alert_case.clock())
    alert_case.clock.move(seconds=1)
    alert_case.reconciler.tick()
    row = alert_case.rows()["bao-1"]
    assert (alert_case.live(), row.state, row.boards, row.why) == ((), "in_force", (), ())
    local_ends.show_here(alert_case.db, number, ["tinh"], actor=EDITOR.slug, now=alert_case.clock())
    alert_case.clock.move(seconds=1)
    alert_case.reconciler.tick()
    assert [one.boards for one in alert_case.live()] == [ALL]


def test_a_document_without_a_place_goes_where_an_editor_says(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(replace(STORM, place=""))
    row = alert_case.rows()["bao-1"]
    assert (row.state, row.placeless, alert_case.live()) == ("draft", True, ())
    alerts.choose_areas(alert_case.db, row.document, ["xa-minh-tan"], actor=EDITOR.slug, now=alert_case.clock())
    alert_case.clock.move(seconds=1)
    alert_case.reconciler.tick()
    (shown,) = alert_case.live()
    assert shown.boards == ("xa-minh-tan",)


def test_a_document_without_a_place_waits_and_its_editors_are_asked_once(alert_case: AlertCase) -> None:
    alert_case.use()
    for username, area in (("lan", "tinh"), ("mai", "xa-minh-tan")):
        people.add(
            alert_case.db, username=username, name=username, email=f"{username}@x.vn", actor="os:root", now=NOW
        )
        people.grant(alert_case.db, username, Grant("editor", area), by=None, actor="os:root", now=NOW)
    nowhere = replace(STORM, place="")
    alert_case.poll(nowhere, Cap("lu", headline="Lũ quét"))
    (view,) = polls.views(alert_case.db, alert_case.clock())
    assert (view.waiting, len(view.boards)) == (True, len(BOARDS))
    alert_case.reconciler.reconcile("nchmf")
    document = alert_case.rows()["bao-1"].document
    (asked,) = messages.unseen(alert_case.db, "lan")
    assert (asked.kind, asked.link, asked.address) == ("notice.proposed", f"/desk/alerts/{document}", "lan@x.vn")
    assert asked.words["headline"] == "Bão số 3 vào Hưng Yên"
    assert messages.unseen(alert_case.db, "mai") == ()
    alerts.choose_areas(alert_case.db, document, ["xa-minh-tan"], actor="lan", now=alert_case.clock())
    assert messages.unseen(alert_case.db, "lan") == ()
    alert_case.clock.move(seconds=1)
    alert_case.reconciler.tick()
    (view,) = polls.views(alert_case.db, alert_case.clock())
    assert not view.waiting


def test_a_message_about_a_document_without_a_place_is_settled_when_it_expires(alert_case: AlertCase) -> None:
    alert_case.use()
    people.add(alert_case.db, username="lan", name="Lan", email="lan@x.vn", actor="os:root", now=NOW)
    people.grant(alert_case.db, "lan", Grant("editor", "tinh"), by=None, actor="os:root", now=NOW)
    alert_case.poll(replace(STORM, place=""))
    assert len(messages.unseen(alert_case.db, "lan")) == 1
    alert_case.clock.move(hours=4)
    alert_case.reconciler.tick()
    assert messages.unseen(alert_case.db, "lan") == ()


def test_a_default_area_takes_documents_without_a_place(alert_case: AlertCase) -> None:
    alert_case.use(default_area="xa-dong-hai")
    alert_case.poll(replace(STORM, place=""))
    (shown,) = alert_case.live()
    assert shown.boards == ("pho-dong-hai",)


def test_an_alert_outside_the_territory_waits_for_an_editor(alert_case: AlertCase) -> None:
    alert_case.use(territory=("0,100 0,101 1,101",))
    alert_case.poll(replace(STORM, place=HALL_ONLY))
    row = alert_case.rows()["bao-1"]
    assert row.why[0] == "Khu vực nằm ngoài phạm vi của nguồn."
    alerts.approve(alert_case.db, row.document, actor=EDITOR.slug, now=alert_case.clock())
    alert_case.clock.move(seconds=1)
    alert_case.reconciler.tick()
    (shown,) = alert_case.live()
    assert shown.boards == ("hoi-truong",)


def test_the_alerts_of_a_source_whose_territory_cannot_be_read_wait_for_an_editor(alert_case: AlertCase) -> None:
    alert_case.use(territory=("vô nghĩa",))
    alert_case.poll(replace(STORM, place=HALL_ONLY))
    row = alert_case.rows()["bao-1"]
    why = "Không đọc được phạm vi đã khai của nguồn, cần khai lại."
    assert (row.state, row.why[0], row.boards, alert_case.live()) == ("draft", why, ("hoi-truong",), ())
    alerts.approve(alert_case.db, row.document, actor=EDITOR.slug, now=alert_case.clock())
    alert_case.clock.move(seconds=1)
    alert_case.reconciler.tick()
    assert [one.boards for one in alert_case.live()] == [("hoi-truong",)]


@pytest.mark.parametrize("place", [pytest.param("", id="no place"), pytest.param(HALL_ONLY, id="outside")])
@pytest.mark.parametrize("restarts", [False, True])
def test_an_update_that_nobody_approved_never_takes_down_what_it_names(
    alert_case: AlertCase, place: str, restarts: bool
) -> None:
    alert_case.use(territory=("0,100 0,101 1,101",))
    alert_case.poll(STORM)
    alert_case.poll(replace(update("bao-2", STORM, alert_case.clock(), place=place), lasts=20 * MINUTE), STORM)
    assert alert_case.states() == {"bao-1": "in_force", "bao-2": "draft"}
    while alert_case.clock() + 10 * MINUTE < STORM.sent + STORM.lasts:
        alert_case.clock.move(minutes=10)
        if restarts:
            alert_case.reconciler = AlertReconciler(alert_case.db, alert_case.clock, AlertRules())
        alert_case.reconciler.reconcile("nchmf")
        assert alert_case.headlines() == ["Bão số 3 vào Hưng Yên"]
    assert alert_case.states() == {"bao-1": "in_force", "bao-2": "ended"}


def test_while_a_source_is_held_what_comes_is_a_draft_and_what_ends_acts(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    alerts.hold_source(alert_case.db, "nchmf", held=True, actor=EDITOR.slug, now=alert_case.clock())
    new = Cap("lu", alert_case.clock(), headline="Lũ quét")
    alert_case.poll(new, STORM)
    assert alert_case.headlines() == ["Bão số 3 vào Hưng Yên"]
    alert_case.poll(cancel("huy", STORM, alert_case.clock()), new, STORM)
    assert alert_case.headlines() == ["Đã hết hiệu lực: Bão số 3 vào Hưng Yên"]
    alerts.hold_source(alert_case.db, "nchmf", held=False, actor=EDITOR.slug, now=alert_case.clock())
    alert_case.clock.move(seconds=61)
    alert_case.reconciler.tick()
    assert alert_case.headlines() == ["Lũ quét"]


def test_an_alert_of_a_source_that_was_retired_stays_until_its_end_and_is_then_over(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    sources.remove(alert_case.db, "nchmf", actor=EDITOR.slug, now=alert_case.clock())
    alert_case.reconciler.tick()
    assert alert_case.headlines() == ["Bão số 3 vào Hưng Yên"]
    alert_case.clock.now = STORM.sent + STORM.lasts + MINUTE / 2
    alert_case.live()
    alert_case.reconciler.tick()
    assert alert_case.headlines() == ["Đã hết hiệu lực: Bão số 3 vào Hưng Yên"]
    assert alert_case.states() == {"bao-1": "ended"}
    assert documents.forget(alert_case.db, before=alert_case.clock() + 40 * DAY) == 1
    assert links.progress(alert_case.db, "nchmf").read == 0


def test_its_documents_never_become_stories(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    assert story_queries.arrivals(alert_case.db, "nchmf") == ()


def test_two_workers_make_one_notice_of_an_alert(alert_case: AlertCase, opens: Opens, url: str) -> None:
    alert_case.use()
    numbers = documents.save(
        alert_case.db, "nchmf", [Received(alert(), "a", "https://khituong.example", b"<alert/>")]
    )
    assert numbers
    alert_case.clock.move(minutes=2)
    stores = [alert_case.db, opens(url)]
    workers = [AlertReconciler(db, alert_case.clock, AlertRules()) for db in stores]
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(worker.reconcile, "nchmf") for worker in workers]:
            done.result()
    assert alert_case.headlines() == ["Bão số 3 vào Hưng Yên"]


class WithFault(AlertReconciler):
    """A reconciler that cannot do one source, ``faulty``."""

    faulty = "a"

    def reconcile(self, slug: str) -> None:
        if slug == self.faulty:
            raise StoreBusy("Cơ sở dữ liệu đang bận")
        super().reconcile(slug)


def test_a_fault_of_one_source_keeps_no_other_back_and_is_tried_again_soon(alert_case: AlertCase) -> None:
    alert_case.use(alerts="draft")
    alert_case.poll(STORM)
    mine = sources.get(alert_case.db, "nchmf")
    both = [replace(mine, slug="a"), mine]
    sources.seed(alert_case.db, areas=AREAS, sources=both, boards=BOARDS, now=alert_case.clock())
    worker = WithFault(alert_case.db, alert_case.clock, AlertRules())
    document = alert_case.rows()["bao-1"].document
    alerts.approve(alert_case.db, document, actor=EDITOR.slug, now=alert_case.clock())
    alert_case.clock.move(seconds=1)
    with pytest.raises(StoreBusy):
        worker.tick()
    assert alert_case.headlines() == ["Bão số 3 vào Hưng Yên"]
    worker.faulty = "nchmf"
    alerts.end(alert_case.db, document, actor=EDITOR.slug, now=alert_case.clock())
    with pytest.raises(StoreBusy):
        worker.tick()
    assert alert_case.states() == {"bao-1": "in_force"}
    worker.faulty = ""
    alert_case.clock.move(seconds=2)
    worker.tick()
    assert alert_case.states() == {"bao-1": "ended"}


def test_a_worker_that_starts_anew_changes_nothing(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    shown = alert_case.live()
    AlertReconciler(alert_case.db, alert_case.clock, AlertRules()).tick()
    assert alert_case.live() == shown
