"""The pages of alerts, of their sources and of a trial in a real Chromium, wide and on a telephone: axe-core."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from server.core.sources.trials import Outcome, TrialAlert, TrialAlerts
from server.store.alerts import alert_list
from server.store.sources import trials
from tests.cast import EDITOR, HOUR, KEEPER, NOW, OPERATOR, Person
from tests.desk.looks import axe, context, served
from tests.desk.notices.alerts.pictures import prepared
from tests.desk.office import Office

pytestmark = pytest.mark.browser
SIZES = {"desk": (1600, 1000), "telephone": (390, 844)}


def found(browser: Browser, office: Office, who: Person, size: str, *paths: str) -> dict[str, list[str]]:
    """Address -> the findings of axe-core on the page as this person sees it; pages without one are left out."""
    across, down = SIZES[size]
    with served(office) as address:
        made = context(browser, office, address, who, viewport={"width": across, "height": down})
        page = made.new_page()
        said = {}
        for path in paths:
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            page.evaluate("document.fonts.ready")
            said[path] = axe(page)
        made.close()
    return {path: findings for path, findings in said.items() if findings}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("who", [EDITOR, OPERATOR], ids=lambda who: who.slug)
def test_the_list_and_an_alert_in_each_state_are_accessible(
    browser: Browser, office: Office, who: Person, size: str
) -> None:
    prepared(office)
    rows = alert_list.listing(office.db, office.now).rows
    assert {row.state for row in rows} == {"in_force", "draft", "waiting", "ended"}
    pages = [f"/desk/alerts/{row.document}" for row in rows]
    assert found(browser, office, who, size, "/desk/alerts/", *pages) == {}


@pytest.mark.parametrize("size", SIZES)
def test_a_source_of_alerts_and_its_trial_are_accessible(browser: Browser, office: Office, size: str) -> None:
    prepared(office)
    keeper = office.browser(KEEPER)
    one = TrialAlert(
        "Bão số 3", "NCHMF", "Alert", "urgent", NOW, NOW, NOW + HOUR, ("hoi-truong",), notes=("Thiếu giờ.",)
    )
    drill = TrialAlert("Diễn tập", "NCHMF", "Alert", "normal", NOW, NOW, NOW + HOUR, placed=False, exercise=True)
    answers = {
        "alerts": Outcome("https://a.example/", alerts=TrialAlerts(3, (one, drill), 1, "Kết nối đứt giữa chừng.")),
        "calm": Outcome("https://b.example/", alerts=TrialAlerts(0)),
        "problem": Outcome(
            "https://c.example/", problem="Không tìm thấy máy chủ c.example. Hãy kiểm tra lại địa chỉ."
        ),
    }
    asked = []
    for outcome in answers.values():
        where = keeper.post("/desk/sources/look", {"address": outcome.address}).headers["Location"]
        trial = trials.claim(office.db, office.now)
        assert trial is not None
        trials.save(office.db, trial.key, outcome)
        asked.append(where)
    assert found(browser, office, KEEPER, size, "/desk/sources/nchmf", "/desk/sources/look", *asked) == {}
