"""An alert with infos for several places that an editor ended in one area: which of its Updates come back there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.core.areas import AreaTree
from server.store.alerts import local_ends
from tests.cast import AREAS, EDITOR, HOUR
from tests.worker.harvest.alert_site import HALL_ONLY, PROVINCE, AlertCase, Cap, stamp, update

COMMUNE = "xa-minh-tan"


def in_parts(one: Cap, hall: str, province: str) -> Cap:
    """The document with an info of the severity ``hall`` for the hall alone, and another one for the province."""
    second = f"""{HALL_ONLY}</area></info>
      <info><language>vi-VN</language><category>Met</category><event>Bão</event><urgency>Immediate</urgency>
      <severity>{province}</severity><certainty>Observed</certainty>
      <expires>{stamp(one.sent + one.lasts)}</expires><headline>Cả tỉnh: {province}</headline>
      <area><areaDesc>Cả tỉnh</areaDesc>{PROVINCE}"""
    return replace(one, severity=hall, headline=f"Hội trường: {hall}", place=second)


@pytest.mark.parametrize("restarted", [False, True], ids=["one worker", "another worker"])
def test_only_what_rises_in_the_area_is_shown_there_again(alert_case: AlertCase, *, restarted: bool) -> None:
    alert_case.use()
    first = in_parts(Cap("bao-1"), "Severe", "Moderate")
    alert_case.poll(first)
    assert alert_case.headlines(COMMUNE) == ["Cả tỉnh: Moderate"]
    number = alert_case.rows()["bao-1"].document
    local_ends.end_here(alert_case.db, number, [COMMUNE], AreaTree(AREAS), actor=EDITOR.slug, now=alert_case.clock())
    same = in_parts(update("bao-2", first, alert_case.clock()), "Extreme", "Moderate")
    alert_case.poll(same, first)
    assert "Hội trường: Extreme" in alert_case.headlines("hoi-truong")
    assert (alert_case.headlines(COMMUNE), alert_case.rows()["bao-2"].ended_in) == ([], (COMMUNE,))
    # Both are over by now, and their places are dropped.
    alert_case.clock.move(hours=8)
    if restarted:
        alert_case.use()
    still = in_parts(update("bao-3", same, alert_case.clock()), "Extreme", "Moderate")
    alert_case.poll(still, same, first)
    assert (alert_case.headlines(COMMUNE), alert_case.rows()["bao-3"].ended_in) == ([], (COMMUNE,))
    rises = in_parts(update("bao-4", still, alert_case.clock() + HOUR / 60), "Extreme", "Severe")
    alert_case.poll(rises, still, same, first)
    assert (alert_case.headlines(COMMUNE), alert_case.rows()["bao-4"].ended_in) == (["Cả tỉnh: Severe"], ())
