"""Boards without a warning that an editor took off do not say that there is none, while its issuer keeps it."""

from __future__ import annotations

import pytest

from server.core.areas import AreaTree
from server.store.alerts import alerts, local_ends, polls
from server.store.notices import actions, notices
from tests.cast import AREAS, BOARDS, EDITOR
from tests.worker.harvest.alert_site import AlertCase, Cap, cancel

STORM = Cap("bao-1")
ALL = {one.slug for one in BOARDS}


def withheld(case: AlertCase) -> set[str]:
    """The boards that must not say that there is no alert."""
    (view,) = polls.views(case.db, case.clock())
    return {slug for one in view.taken_off if one.until > case.clock() for slug in one.boards}


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
    alerts.end(alert_case.db, number, actor=EDITOR.slug, now=alert_case.clock())
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
