"""Documents, links, polls and decisions of alerts in both databases; damaged values never stop a list."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import LargeBinary, event, literal, select, update

from server.core.alerts.document import Alert
from server.core.alerts.reconciling import Over
from server.core.alerts.rules import AlertRules
from server.core.alerts.wanted import Wanted
from server.core.areas import AreaTree
from server.core.model import AlertSettings, Source
from server.core.workflow import NotPossible
from server.store import tables
from server.store.alerts import alert_list, alerts, decisions, documents, links, local_ends, polls, showing
from server.store.alerts.documents import Received
from server.store.alerts.links import MOST_TRIES, RETRY_AFTER, Listed, Outcome
from server.store.alerts.showing import DocumentState
from server.store.audit import audit
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.notices import notices
from server.store.people import messages
from server.store.people.messages import Message
from server.store.sources import sources
from tests.cast import AREAS, BOARDS, DAY, EDITOR, HOUR, MINUTE, NOW, SOURCES, notice
from tests.core.alerts.documents import LIVE, alert, names

CENTRE = Source("nchmf", "Đài khí tượng", "cap", "https://khituong.example/cap.xml", area="tinh")
STORM = alert()


@pytest.fixture
def store(db: Database) -> Database:
    """A store with the cast's sources and one of alerts."""
    sources.seed(db, areas=AREAS, sources=[*SOURCES, CENTRE], boards=BOARDS, now=NOW)
    return db


def saved(db: Database, *found: Alert) -> tuple[int, ...]:
    return documents.save(
        db,
        "nchmf",
        [Received(one, repr(one), f"https://khituong.example/{n}", b"<alert/>") for n, one in enumerate(found)],
    )


def bodies(db: Database) -> list[bytes]:
    """What is stored of the bytes that were received, once for each content."""
    with db.read() as conn:
        return [zlib.decompress(one) for one in conn.execute(select(tables.alert_bodies.c.body)).scalars()]


def shown(db: Database, one: Alert = STORM, state: str = "in_force") -> tuple[int, int]:
    """Stores a document with a notice of it on all boards; returns the numbers of both."""
    (number,) = saved(db, one)
    made = notice(
        origin="nchmf/x",
        boards=tuple(board.slug for board in BOARDS),
        created_by="system",
        state="drafted" if state == "draft" else "live",
    )
    states = [DocumentState(number, state, boards=made.boards, until=made.until)]
    showing.apply(db, "nchmf", [Wanted(one.key, 0, made)], {}, states, NOW, told_for=MINUTE)
    (there,) = notices.all(db, states=["live", "drafted"])
    return number, there.id


def test_settings_of_a_source_survive(store: Database) -> None:
    settings = AlertSettings("live", "complete", ("VN",), "tinh", True, ("vi", "en"), "a.pem", "capDo", True, "vi")
    sources.save(store, replace(CENTRE, cap=settings), actor=EDITOR.slug, now=NOW)
    assert sources.get(store, "nchmf").cap == settings
    assert sources.get(store, SOURCES[0].slug).cap is None


def test_a_document_is_stored_once_with_its_bytes(store: Database) -> None:
    (first,) = saved(store, STORM)
    assert saved(store, STORM, alert("bao-2"))[0] == first
    assert [one.alert.identifier for one in documents.after(store, "nchmf", 0)] == ["bao-1", "bao-2"]
    assert bodies(store) == [b"<alert/>"]
    with store.read() as conn:
        assert documents.one_of(conn, first).alert == STORM


def test_a_damaged_document_is_left_out(store: Database) -> None:
    first, second = saved(store, STORM, alert("bao-2"))
    showing.apply(store, "nchmf", [], {}, [DocumentState(first, "in_force")], NOW, told_for=MINUTE)
    with store.write() as conn:
        mine = update(tables.alert_documents).where(tables.alert_documents.c.id == first)
        conn.execute(mine.values(document=literal(b"\0", LargeBinary)))
    assert [one.id for one in documents.after(store, "nchmf", 0)] == [second]
    with store.read() as conn, pytest.raises(NotFound):
        documents.one_of(conn, first)
    assert alert_list.listing(store, NOW) == ((), False)


def store_is_postgres(db: Database) -> bool:
    with db.read() as conn:
        return conn.dialect.name == "postgresql"


def test_links_are_read_once_until_their_entry_changes(store: Database) -> None:
    one, other = Listed("https://a.example/1", "x"), Listed("https://a.example/2", "y")
    links.relist(store, "nchmf", [one, other], NOW)
    assert links.pending(store, "nchmf", NOW) == (one, other)
    links.note(store, "nchmf", [Outcome(one, (4,))], NOW)
    links.relist(store, "nchmf", [one, other], NOW)
    assert links.pending(store, "nchmf", NOW) == (other,)
    changed = replace(one, fingerprint="z")
    links.relist(store, "nchmf", [other, changed], NOW)
    assert links.pending(store, "nchmf", NOW) == (other, changed)
    links.relist(store, "nchmf", [], NOW)
    assert links.pending(store, "nchmf", NOW) == ()
    assert links.progress(store, "nchmf").documents == frozenset()


@pytest.mark.parametrize(("permanent", "missing"), [(True, 0), (False, 1)])
def test_a_link_that_fails_is_tried_three_times_then_each_half_hour(
    store: Database, permanent: bool, missing: int
) -> None:
    one = Listed("https://a.example/1", "x")
    links.relist(store, "nchmf", [one], NOW)
    for _ in range(MOST_TRIES):
        assert links.pending(store, "nchmf", NOW) == (one,)
        assert links.progress(store, "nchmf").missing == 1
        links.note(store, "nchmf", [Outcome(one, reason="Lỗi.", permanent=permanent)], NOW)
    assert links.pending(store, "nchmf", NOW + MINUTE) == ()
    assert links.pending(store, "nchmf", NOW + RETRY_AFTER) == (one,)
    assert links.progress(store, "nchmf").missing == missing


def test_polls_never_change_the_revision_and_silence_is_known_by_their_times(store: Database) -> None:
    def good(at: datetime) -> None:
        polls.good(store, "nchmf", at, AlertRules(), listed=(), cut=False, unchanged=False)

    def silent(minutes: float, after: float = 10) -> bool:
        rules = AlertRules(silent_after=after * MINUTE)
        return polls.silent(store, NOW + minutes * MINUTE, rules) == ("Đài khí tượng",)

    before = revision.current(store)
    good(NOW)
    polls.failed(store, "nchmf", "Máy chủ nguồn trả lời quá chậm.", NOW + 9 * MINUTE)
    assert [silent(9), silent(10), silent(19, after=20)] == [False, True, False]
    assert silent(-11), "a good poll of the future was noted while the clock was ahead"
    good(NOW + 12 * MINUTE)
    assert not silent(13)
    assert revision.current(store) == before
    (state,) = polls.states(store)
    assert (state.last_good, state.reason) == (NOW + 12 * MINUTE, "")


def test_a_source_counts_on_the_boards_of_its_area(store: Database) -> None:
    below = replace(CENTRE, slug="xa", area="xa-minh-tan")
    off = replace(CENTRE, slug="tat", cap=AlertSettings("none"))
    sources.seed(store, areas=AREAS, sources=[CENTRE, below, off], boards=BOARDS, now=NOW)
    first, second = polls.views(store, NOW)
    assert (first.source, len(first.boards), first.last_good) == ("nchmf", len(BOARDS), None)
    assert second.boards == {"xa-minh-tan"}


def test_a_document_missing_from_a_complete_index_is_counted(store: Database) -> None:
    rules = replace(LIVE, index="complete", missing_polls=2)
    number, _ = shown(store)
    for at, listed, cut in ((1, (), False), (2, (), True), (3, (number,), False), (4, (), False)):
        polls.good(store, "nchmf", NOW + at * MINUTE, rules, listed=listed, cut=cut, unchanged=False)
        assert polls.missing(store, "nchmf") == {}
    polls.good(store, "nchmf", NOW + 5 * MINUTE, rules, listed=(), cut=False, unchanged=True)
    assert polls.missing(store, "nchmf") == {number: NOW + 5 * MINUTE}
    with store.write() as conn:
        conn.execute(update(tables.alert_polls).values(absences=[["x"], None, [1, 2]]))
    assert polls.missing(store, "nchmf") == {}


def test_notices_are_made_in_the_name_of_the_source_and_listed(store: Database) -> None:
    number, id = shown(store)
    (row,) = alert_list.listing(store, NOW).rows
    assert (row.document, row.state, row.notices, row.source_name) == (number, "in_force", (id,), "Đài khí tượng")
    assert (row.title, row.placeless) == ("Bão số 3 vào Hưng Yên", False)
    made = audit.all(store)[-1]
    assert (made.actor, made.act, made.subject) == ("source:nchmf", "notice.post", f"notice/{id}")


def test_a_list_has_the_alerts_of_one_source_and_no_more_than_asked_for(store: Database) -> None:
    other = replace(CENTRE, slug="xa", area="xa-minh-tan")
    sources.seed(store, areas=AREAS, sources=[*SOURCES, CENTRE, other], boards=BOARDS, now=NOW)
    ordered = [alert(f"bao-{n}", n * MINUTE) for n in range(4)]
    numbers = saved(store, *ordered)
    (third,) = documents.save(store, "xa", [Received(alert("xa", source="xa"), "xa", "", b"<alert/>")])
    states = [
        DocumentState(n, state)
        for n, state in zip(numbers, ("draft", "in_force", "waiting", "in_force"), strict=True)
    ]
    showing.apply(store, "nchmf", [], {}, states, NOW, told_for=MINUTE)
    showing.apply(store, "xa", [], {}, [DocumentState(third, "in_force")], NOW, told_for=MINUTE)

    def listed(**values: Any) -> tuple[list[str], bool]:
        found = alert_list.listing(store, NOW, **values)
        return [one.alert.identifier for one in found.rows], found.whole

    assert listed() == (["bao-3", "bao-1", "xa", "bao-2", "bao-0"], True)
    assert listed(source="nchmf") == (["bao-3", "bao-1", "bao-2", "bao-0"], True)
    assert listed(source="nchmf", most=2) == (["bao-3", "bao-1", "bao-2", "bao-0"], True)
    assert listed(most=1) == (["bao-3", "bao-2", "bao-0"], False), "each state has its own limit"


def test_a_list_asks_the_store_as_often_for_many_alerts_as_for_one(store: Database) -> None:
    first = alert("bao-0")

    def asked(count: int) -> int:
        later = [alert(f"bao-{n}", n * MINUTE, references=names(first)) for n in range(1, count + 1)]
        numbers = saved(store, first, *later)
        states = [DocumentState(number, "in_force") for number in numbers]
        showing.apply(store, "nchmf", [], {}, states, NOW, told_for=MINUTE)
        statements: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
            statements.append(statement)

        with store.read() as conn:
            engine = conn.engine
        event.listen(engine, "before_cursor_execute", note)
        rows = alert_list.listing(store, NOW).rows
        event.remove(engine, "before_cursor_execute", note)
        assert len(rows) == count + 1
        return len(statements)

    assert asked(1) == asked(20)


def test_nothing_is_written_where_all_is_as_wanted(store: Database) -> None:
    number, _ = shown(store)
    before, records = revision.current(store), len(audit.all(store))
    (there,) = notices.all(store, states=["live"])
    states = [DocumentState(number, "in_force", boards=there.boards, until=there.until)]
    wanted = [Wanted(STORM.key, 0, replace(there, id=0))]
    assert not showing.apply(store, "nchmf", wanted, {}, states, NOW + MINUTE, told_for=MINUTE).steps
    assert (revision.current(store), len(audit.all(store))) == (before, records)


def test_an_area_that_is_gone_stops_the_whole_change(store: Database) -> None:
    (number,) = saved(store, STORM)
    wanted = [Wanted(STORM.key, 0, notice()), Wanted(STORM.key, 1, notice(areas=("xa-la",)))]
    with pytest.raises(ValueError, match="xa-la"):
        showing.apply(store, "nchmf", wanted, {}, [DocumentState(number, "in_force")], NOW, told_for=MINUTE)
    assert notices.live(store, NOW) == ()


def test_editors_are_told_of_new_drafts(store: Database) -> None:
    told: list[int] = []

    def notify(made: object) -> list[Message]:
        told.append(1)
        return []

    (number,) = saved(store, STORM)
    wanted = [Wanted(STORM.key, n, notice(state="drafted")) for n in range(showing.MOST_TOLD + 5)]
    showing.apply(store, "nchmf", wanted, {}, [DocumentState(number, "draft")], NOW, told_for=MINUTE, notify=notify)
    assert len(told) == showing.MOST_TOLD


def test_a_draft_that_follows_its_alert_still_waits_for_editors(store: Database) -> None:
    number, id = shown(store, state="draft")
    with store.write() as conn:
        messages.queue(conn, [Message(EDITOR.slug, "Chờ duyệt", "", notices.desk_link(id))], NOW)
    later = replace(notices.get(store, id), until=NOW + 2 * HOUR)
    states = [DocumentState(number, "draft")]
    made = showing.apply(store, "nchmf", [Wanted(STORM.key, 0, later)], {}, states, NOW + MINUTE, told_for=MINUTE)
    assert [step.act for step in made.steps] == ["notice.follow"]
    assert messages.count_unseen(store, EDITOR.slug) == 1


def test_an_editor_ends_an_alert_at_once_and_only_once(store: Database) -> None:
    number, id = shown(store)
    before = decisions.mark(store)
    alerts.end(store, number, actor=EDITOR.slug, now=NOW + MINUTE)
    assert notices.get(store, id).state == "cleared"
    assert decisions.mark(store) != before
    assert decisions.of_source(store, "nchmf")[STORM.key].ended == NOW + MINUTE
    with pytest.raises(NotPossible):
        alerts.end(store, number, actor=EDITOR.slug, now=NOW + 2 * MINUTE)
    record = audit.all(store)[-1 if audit.all(store)[-1].act == "alert.end" else -2]
    assert (record.act, record.subject, record.actor) == ("alert.end", f"alert/{number}", EDITOR.slug)


def test_an_alert_is_ended_in_one_area_and_taken_back(store: Database) -> None:
    number, id = shown(store)
    tree, before = AreaTree(AREAS), decisions.mark(store)
    local_ends.end_here(store, number, ["xa-minh-tan"], tree, actor=EDITOR.slug, now=NOW + MINUTE)
    left = notices.get(store, id)
    assert (left.state, left.boards) == ("live", ("hoi-truong", "pho-dong-hai"))
    assert left.areas == ("tinh", "xa-dong-hai")
    assert decisions.mark(store) != before
    assert alerts.get(store, number).ended_in == ("xa-minh-tan",)
    with pytest.raises(NotPossible):
        local_ends.end_here(store, number, ["xa-minh-tan"], tree, actor=EDITOR.slug, now=NOW + 2 * MINUTE)
    local_ends.show_here(store, number, ["xa-minh-tan"], actor=EDITOR.slug, now=NOW + 3 * MINUTE)
    decided = alerts.get(store, number).decision
    assert decided is not None
    assert (decided.ended_in, decided.shown_in, alerts.get(store, number).ended_in) == ((), ("xa-minh-tan",), ())
    with pytest.raises(NotPossible):
        local_ends.show_here(store, number, ["xa-minh-tan"], actor=EDITOR.slug, now=NOW + 4 * MINUTE)
    acts = [(one.act, one.actor) for one in audit.all(store) if one.act.startswith("alert.")]
    assert acts == [("alert.end-here", EDITOR.slug), ("alert.show-here", EDITOR.slug)]


def test_an_alert_that_is_ended_in_all_its_areas_leaves_its_last_board(store: Database) -> None:
    number, id = shown(store)
    before = revision.current(store)
    local_ends.end_here(store, number, ["tinh"], AreaTree(AREAS), actor=EDITOR.slug, now=NOW + MINUTE)
    assert notices.get(store, id).state == "cleared"
    assert revision.current(store) == before + 1


@pytest.mark.parametrize("areas", [[], ["xa-la"]])
def test_an_alert_is_ended_in_known_areas_only(store: Database, areas: list[str]) -> None:
    number, _ = shown(store)
    with pytest.raises(ValueError, match="đơn vị"):
        local_ends.end_here(store, number, areas, AreaTree(AREAS), actor=EDITOR.slug, now=NOW)


def test_a_draft_is_not_ended_in_one_area(store: Database) -> None:
    number, _ = shown(store, state="draft")
    with pytest.raises(NotPossible):
        local_ends.end_here(store, number, ["xa-minh-tan"], AreaTree(AREAS), actor=EDITOR.slug, now=NOW)


def test_a_draft_is_approved_or_discarded_once(store: Database) -> None:
    number, id = shown(store, state="draft")
    alerts.reject(store, number, actor=EDITOR.slug, now=NOW + MINUTE)
    decided = alerts.get(store, number).decision
    assert decided is not None
    assert decided.rejected
    for act in (alerts.approve, alerts.reject, alerts.end):
        with pytest.raises(NotPossible):
            act(store, number, actor=EDITOR.slug, now=NOW + 2 * MINUTE)
    assert notices.get(store, id).state == "cleared"


def test_areas_are_chosen_for_a_document_without_a_place(store: Database) -> None:
    (number,) = saved(store, STORM)
    why = ("Không đọc được khu vực, cần chọn nơi hiển thị.",)
    showing.apply(store, "nchmf", [], {}, [DocumentState(number, "draft", why)], NOW, told_for=MINUTE)
    with pytest.raises(NotPossible, match="chọn đơn vị"):
        alerts.approve(store, number, actor=EDITOR.slug, now=NOW)
    for areas in ([], ["xa-la"]):
        with pytest.raises(ValueError, match="đơn vị"):
            alerts.choose_areas(store, number, areas, actor=EDITOR.slug, now=NOW)
    alerts.choose_areas(store, number, ["tinh"], actor=EDITOR.slug, now=NOW)
    decided = alerts.get(store, number).decision
    assert decided is not None
    assert (decided.areas, decided.approved, decided.approved_by) == (("tinh",), NOW, EDITOR.slug)


def test_holding_a_source_is_in_the_audit_once(store: Database) -> None:
    for held in (True, True, False):
        alerts.hold_source(store, "nchmf", held=held, actor=EDITOR.slug, now=NOW)
        assert polls.held(store) == ({"nchmf": NOW} if held else {})
    assert [one.act for one in audit.all(store)][-2:] == ["alert.hold", "alert.release"]
    with pytest.raises(NotFound):
        alerts.hold_source(store, "la", held=True, actor=EDITOR.slug, now=NOW)


def test_a_damaged_decision_still_ends_what_an_editor_ended(store: Database) -> None:
    number, _ = shown(store)
    alerts.end(store, number, actor=EDITOR.slug, now=NOW)
    with store.write() as conn:
        conn.execute(update(tables.alert_decisions).values(areas=["tinh"]))
        if not store_is_postgres(store):
            conn.exec_driver_sql("UPDATE alert_decisions SET ended = 'hôm qua', areas = '7'")
    decided = decisions.of_source(store, "nchmf")[STORM.key]
    assert decided.ended is not None


def test_documents_go_thirty_days_after_their_end(store: Database) -> None:
    limit = NOW - 30 * DAY
    cases = {
        "over": (alert("over", received=limit - DAY), DocumentState(0, "ended", ended=limit - HOUR)),
        "ended-later": (alert("ended-later", received=limit - DAY), DocumentState(0, "ended", ended=limit + HOUR)),
        "shown": (alert("shown", received=limit - DAY), DocumentState(0, "in_force", until=NOW + DAY)),
        "cancel": (alert("cancel", received=limit + DAY), DocumentState(0, "done")),
        "old-cancel": (alert("old-cancel", received=limit - DAY), DocumentState(0, "done")),
    }
    numbers = dict(zip(cases, saved(store, *(one for one, _ in cases.values())), strict=True))
    states = [replace(state, document=numbers[name]) for name, (_, state) in cases.items()]
    showing.apply(store, "nchmf", [], {}, states, NOW, told_for=MINUTE)
    assert documents.forget(store, before=limit) == 2
    left = {one.alert.identifier for one in documents.after(store, "nchmf", 0)}
    assert left == {"ended-later", "shown", "cancel"}
    # What the worker still remembers of them is not stored again.
    showing.apply(store, "nchmf", [], {}, [replace(one, why=("x",)) for one in states], NOW, told_for=MINUTE)
    assert bodies(store) == [b"<alert/>"]


def test_decisions_go_with_their_documents(store: Database) -> None:
    limit = NOW - 30 * DAY
    old, kept = alert("cu", received=limit - DAY), alert("moi", received=limit + DAY)
    numbers = saved(store, old, kept)
    over = DocumentState(0, "ended", ended=limit - HOUR)
    drafts = [DocumentState(number, "draft") for number in numbers]
    showing.apply(store, "nchmf", [], {}, drafts, NOW, told_for=MINUTE)
    for number in numbers:
        alerts.reject(store, number, actor=EDITOR.slug, now=limit - DAY)
    states = [replace(over, document=number) for number in numbers]
    showing.apply(store, "nchmf", [], {}, states, NOW, told_for=MINUTE)
    assert decisions.forget(store, before=limit) == 0, "both documents are still stored"
    assert documents.forget(store, before=limit) == 1
    assert decisions.forget(store, before=limit - 2 * DAY) == 0
    assert decisions.forget(store, before=limit) == 1
    assert decisions.of_source(store, "nchmf").keys() == {kept.key}


def test_a_cancel_tells_the_boards_that_showed_it(store: Database) -> None:
    number, id = shown(store)
    over = {STORM.key: Over("cancelled")}
    showing.apply(store, "nchmf", [], over, [DocumentState(number, "ended", ended=NOW)], NOW, told_for=MINUTE)
    (told,) = notices.live(store, NOW)
    assert (told.boards, told.until) == (tuple(one.slug for one in BOARDS), NOW + MINUTE)
    assert notices.get(store, id).ended == NOW
    assert [one.state for one in alert_list.listing(store, NOW).rows] == ["ended"]
    assert alert_list.listing(store, NOW + timedelta(hours=25)) == ((), True)
