"""What the desk says replaced an alert: only what did, on the page of the alert as in the list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from server.core.alerts.document import Alert
from server.desk.notices.alerts.replacements import REPLACED
from server.worker.harvest.alert_states import OVER
from tests.cast import EDITOR, HOUR, MINUTE, NOW
from tests.core.alerts.documents import alert, cancel, info, update
from tests.desk.notices.alerts.received import receive, reconcile, use_source
from tests.desk.notices.alerts.test_acts import PATH, press
from tests.desk.notices.alerts.test_list import words
from tests.desk.office import Office

SAID = "Được thay bằng:"


def replaced_by(office: Office, document: int) -> str:
    """What the page of the alert says replaced it, "" for nothing; the list says the same."""
    editor = office.browser(EDITOR)
    entry = rf'<article[^>]* aria-labelledby="alert-{document}">.*?</article>'
    listed = re.search(entry, editor.get(PATH).text, re.DOTALL)
    assert listed is not None
    said = [
        re.search(rf"{SAID} <a [^>]*>(.*?)</a>", part) for part in (listed[0], editor.get(f"{PATH}{document}").text)
    ]
    found = [one[1] if one else "" for one in said]
    assert found[0] == found[1]
    return found[0]


def stronger(
    identifier: str, minutes: int, of: Sequence[Alert], headline: str = "Bão mạnh lên", **values: Any
) -> Alert:
    return update(identifier, minutes * MINUTE, of, infos=(info(headline=headline, **values),))


def test_the_reason_is_the_workers() -> None:
    assert OVER["replaced"] == REPLACED


def test_an_update_in_force_replaced_what_it_names(office: Office) -> None:
    use_source(office)
    (document,) = receive(office, first := alert())
    office.later(minutes=10)
    (second,) = receive(office, middle := stronger("bao-2", 10, [first]))
    office.later(minutes=10)
    receive(office, stronger("bao-3", 20, [middle], "Bão yếu đi"))
    assert replaced_by(office, document) == "Bão mạnh lên"
    assert replaced_by(office, second) == "Bão yếu đi"


def test_a_draft_has_replaced_nothing_until_it_is_approved(office: Office) -> None:
    use_source(office)
    (document,) = receive(office, first := alert())
    use_source(office, alerts="draft")
    office.later(minutes=10)
    (draft,) = receive(office, stronger("bao-2", 10, [first]))
    assert replaced_by(office, document) == ""
    office.later(minutes=10)
    press(office.browser(EDITOR), draft, "approve")
    reconcile(office)
    assert words(office.browser(EDITOR).get(f"{PATH}{document}").text).count(REPLACED) == 1
    assert replaced_by(office, document) == "Bão mạnh lên"


@pytest.mark.parametrize("end", ["expired", "taken off", "cancelled"])
def test_what_ended_for_another_reason_was_not_replaced(office: Office, end: str) -> None:
    use_source(office)
    (document,) = receive(office, first := alert(infos=(info(expires=NOW + 5 * MINUTE),)))
    if end == "taken off":
        press(office.browser(EDITOR), document, "end")
    if end == "cancelled":
        receive(office, cancel("huy", 1 * MINUTE, [first]))
    office.later(minutes=10)
    receive(office, stronger("bao-2", 10, [first]))
    assert replaced_by(office, document) == ""


def test_what_is_still_to_come_has_replaced_nothing(office: Office) -> None:
    use_source(office)
    (document,) = receive(office, first := alert())
    office.later(minutes=10)
    receive(office, stronger("bao-2", 10, [first], effective=NOW + HOUR, expires=NOW + 3 * HOUR))
    assert replaced_by(office, document) == ""
    office.later(minutes=50)
    reconcile(office)
    assert replaced_by(office, document) == "Bão mạnh lên"
