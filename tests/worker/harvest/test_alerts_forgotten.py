"""What is deleted after thirty days, and what an alert that is still in force needs."""

from __future__ import annotations

from dataclasses import replace

from server.core.areas import AreaTree
from server.store.alerts import decisions, documents, local_ends
from tests.cast import AREAS, DAY, EDITOR, HOUR
from tests.worker.harvest.alert_site import AlertCase, Cap, cancel, update


def forget(case: AlertCase) -> int:
    """Thirty days later, by another worker; returns how many documents were deleted."""
    case.clock.move(days=31)
    before = case.clock() - 30 * DAY
    deleted = documents.forget(case.db, before=before)
    decisions.forget(case.db, before=before)
    case.use()
    case.reconciler.reconcile("nchmf")
    return deleted


def test_an_end_in_an_area_holds_for_all_updates_however_long_they_go_on(alert_case: AlertCase) -> None:
    alert_case.use()
    first, other = Cap("bao-1"), Cap("lu", headline="Lũ quét")
    alert_case.poll(first, other)
    number = alert_case.rows()["bao-1"].document
    now = alert_case.clock()
    local_ends.end_here(alert_case.db, number, ["xa-minh-tan"], AreaTree(AREAS), actor=EDITOR.slug, now=now)
    second = update("bao-2", first, alert_case.clock())
    alert_case.poll(second, first, other)
    third = replace(update("bao-3", second, alert_case.clock()), lasts=90 * DAY)
    alert_case.poll(third, second, first, other)
    alert_case.clock.move(hours=4)
    alert_case.reconciler.reconcile("nchmf")
    assert alert_case.headlines("xa-minh-tan") == []
    assert forget(alert_case) == 1, "that of the flood, which nothing needs any more"
    assert (alert_case.headlines("xa-minh-tan"), alert_case.headlines("hoi-truong")) == ([], ["Bão mạnh lên"])
    alert_case.poll(cancel("huy", third, alert_case.clock() - HOUR), third)
    assert alert_case.states()["bao-3"] == "ended"
    assert forget(alert_case) == 4, "the three and their Cancel"
