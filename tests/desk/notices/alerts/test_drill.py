"""The drill of docs/vi/canh-bao.md: the sample files, with the times of today, from the first screen to the end."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from feeds.formats.cap.reader import read_alerts
from server.worker.harvest.alert_conversion import alert_of
from tests.cast import EDITOR, HOUR
from tests.desk.notices.alerts.received import receive, use_source
from tests.desk.notices.alerts.test_list import section
from tests.desk.notices.forms import live
from tests.desk.office import Office
from tests.paths import ROOT

SAMPLES = ROOT / "feeds/samples"


def put(office: Office, name: str, *, lasts: timedelta = HOUR) -> None:
    """Receives the sample ``name`` with the times of now, as the commands in docs/vi/canh-bao.md do."""
    text = (SAMPLES / name).read_text(encoding="utf-8")
    text = _with(text, "sent", office.now)
    text = _with(text, "expires", office.now + lasts)
    (found,) = read_alerts(text.encode(), address=f"file:///{name}")
    assert not found.notes
    receive(office, alert_of(found, "nchmf", office.now))


def _with(text: str, element: str, at: datetime) -> str:
    return re.sub(rf"<{element}>.*</{element}>", f"<{element}>{at.isoformat()}</{element}>", text)


def test_a_drill_is_shown_under_its_band_and_ends_by_its_cancel(office: Office) -> None:
    use_source(office, exercises=True)
    put(office, "dien-tap.cap")
    (shown,) = live(office)
    assert (shown.exercise, shown.level, len(shown.boards)) == (True, "urgent", 3)
    assert "DIỄN TẬP" in section(office.browser(EDITOR), "in-force")
    office.later(minutes=30)
    put(office, "dien-tap-huy.cap")
    assert [one.level for one in live(office)] == ["priority"]
    assert "Nguồn đã hủy cảnh báo này." in section(office.browser(EDITOR), "ended")
    office.later(minutes=2)
    assert live(office) == ()


def test_without_the_setting_no_drill_is_shown(office: Office) -> None:
    use_source(office)
    put(office, "dien-tap.cap")
    assert live(office) == ()
    assert section(office.browser(EDITOR), "in-force") == ""
