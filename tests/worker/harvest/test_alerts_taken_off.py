"""Boards without a warning that an editor took off do not say that there is none, while its issuer keeps it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from server.core.areas import AreaTree
from server.store.alerts import alerts, local_ends, polls
from server.store.notices import actions, notices
from tests.cast import AREAS, BOARDS, DAY, EDITOR, HOUR, NOW
from tests.worker.harvest.alert_site import AlertCase, Cap, cancel, stamp

STORM = Cap("bao-1")
ALL = {one.slug for one in BOARDS}


def withheld(case: AlertCase) -> set[str]:
    """The boards that must not say that there is no alert."""
    (view,) = polls.views(case.db, case.clock())
    return {slug for one in view.taken_off if one.until > case.clock() for slug in one.boards}


def end(case: AlertCase) -> None:
    """An editor ends the storm on all boards."""
    alerts.end(case.db, case.rows()["bao-1"].document, actor=EDITOR.slug, now=case.clock())


def act(case: AlertCase) -> None:
    """The worker puts decisions into effect a second later."""
    case.clock.move(seconds=1)
    case.reconciler.tick()


def test_an_alert_that_an_editor_ended_is_still_in_force_for_its_issuer(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    number = alert_case.rows()["bao-1"].document
    assert withheld(alert_case) == set()
    local_ends.end_here(
        alert_case.db, number, ["xa-minh-tan"], AreaTree(AREAS), actor=EDITOR.slug, now=alert_case.clock()
    )
    assert withheld(alert_case) == {"xa-minh-tan"}, "at once"
    act(alert_case)
    assert withheld(alert_case) == {"xa-minh-tan"}
    local_ends.show_here(alert_case.db, number, ["xa-minh-tan"], actor=EDITOR.slug, now=alert_case.clock())
    assert withheld(alert_case) == set()
    end(alert_case)
    assert withheld(alert_case) == ALL, "at once"
    act(alert_case)
    assert withheld(alert_case) == ALL
    alert_case.clock.move(days=2)
    assert withheld(alert_case) == set()


@pytest.mark.parametrize("mode", ["live", "draft"])
def test_so_is_one_whose_notice_alone_was_cleared_or_discarded(alert_case: AlertCase, mode: str) -> None:
    alert_case.use(alerts=mode)
    alert_case.poll(STORM)
    if mode == "live":
        (shown,) = alert_case.live()
        notices.clear(alert_case.db, shown.id, actor=EDITOR.slug, now=alert_case.clock())
    else:
        (draft,) = notices.drafted_alerts(alert_case.db, alert_case.clock())
        actions.discard(alert_case.db, draft.id, actor=EDITOR.slug, now=alert_case.clock())
    assert withheld(alert_case) == ALL, "at once"
    act(alert_case)
    assert withheld(alert_case) == ALL
    alert_case.poll(cancel("huy", STORM, alert_case.clock()), STORM)
    assert withheld(alert_case) == set(), "its issuer has cancelled it"


def test_what_its_issuer_cancelled_is_not_in_force_any_more(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    end(alert_case)
    act(alert_case)
    alert_case.poll(cancel("huy", STORM, alert_case.clock()), STORM)
    assert withheld(alert_case) == set()


def test_what_left_a_complete_index_is_not_in_force_any_more(alert_case: AlertCase) -> None:
    alert_case.use(index="complete")
    alert_case.poll(STORM)
    end(alert_case)
    act(alert_case)
    alert_case.site.publish()
    seen = []
    for _ in range(3):
        alert_case.poll()
        seen.append(withheld(alert_case))
    assert seen == [ALL, ALL, set()]


def test_a_warning_without_an_end_lasts_until_after_its_event_begins(alert_case: AlertCase) -> None:
    alert_case.use()
    onset = f"<onset>{stamp(NOW + 2 * DAY)}</onset>"
    alert_case.poll(replace(STORM, lasts=timedelta(), extra=onset))
    end(alert_case)
    act(alert_case)
    alert_case.clock.now = NOW + 2 * DAY + 5 * HOUR
    assert withheld(alert_case) == ALL
    alert_case.clock.move(hours=2)
    assert withheld(alert_case) == set()


@pytest.mark.parametrize("everywhere", [True, False])
def test_a_drill_is_no_warning(alert_case: AlertCase, everywhere: bool) -> None:
    alert_case.use(exercises=True)
    alert_case.poll(replace(STORM, status="Exercise"))
    assert alert_case.states() == {"bao-1": "in_force"}
    if everywhere:
        end(alert_case)
    else:
        number = alert_case.rows()["bao-1"].document
        now = alert_case.clock()
        local_ends.end_here(alert_case.db, number, ["tinh"], AreaTree(AREAS), actor=EDITOR.slug, now=now)
    act(alert_case)
    assert withheld(alert_case) == set()


def test_a_test_that_an_editor_discards_is_no_warning(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(replace(STORM, headline="TEST: Bão số 3"))
    assert alert_case.states() == {"bao-1": "draft"}
    number = alert_case.rows()["bao-1"].document
    alerts.reject(alert_case.db, number, actor=EDITOR.slug, now=alert_case.clock())
    assert withheld(alert_case) == set(), "at once"
    act(alert_case)
    assert withheld(alert_case) == set()


def test_polls_are_read_without_the_documents_that_editors_ended(alert_case: AlertCase) -> None:
    alert_case.use()
    alert_case.poll(STORM)
    end(alert_case)
    act(alert_case)
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert withheld(alert_case) == ALL
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert not [one for one in asked if "alert_documents.document" in one]
