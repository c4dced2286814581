"""The pages of trials: problems and notes in the reader's language; a damaged row harms no other trial."""

from __future__ import annotations

from sqlalchemy import text

from server.core.sources.trials import Outcome, TrialEntry, TrialReading, TrialServer
from server.desk.web.refusals import in_english
from server.store.sources import trials
from server.worker.harvest import dead_link_check, harvest
from tests.cast import KEEPER
from tests.desk.office import Browser, Office

PROBLEM = "Không tìm thấy máy chủ a.example. Hãy kiểm tra lại địa chỉ."


def answered(office: Office, keeper: Browser, path: str, outcome: Outcome, **form: str) -> str:
    """The English page of a trial after the worker has answered it with ``outcome``."""
    where = keeper.post(path, form).headers["Location"].partition("#")[0]
    taken = trials.claim(office.db, office.now)
    assert taken is not None
    trials.save(office.db, taken.key, outcome)
    keeper.client.set_cookie("language", "en")
    return keeper.get(where).text


def test_the_problem_of_an_address_is_said_in_the_readers_language(office: Office) -> None:
    outcome = Outcome("https://a.example/", problem=PROBLEM)
    page = answered(office, office.browser(KEEPER), "/desk/sources/look", outcome, address="https://a.example/")
    english = in_english(PROBLEM)
    assert english is not None
    assert english in page
    assert PROBLEM not in page


def test_notes_on_entries_are_said_in_the_readers_language(office: Office) -> None:
    entry = TrialEntry("Lịch tiếp dân", None, False, True, ("không có tiêu đề, lấy từ nội dung", "ngày lạ"))
    outcome = Outcome("https://a.example/", feed=TrialReading("Cổng", 1, (entry,)))
    page = answered(office, office.browser(KEEPER), "/desk/sources/tin-tinh/try", outcome)
    assert "no title, taken from the text; ngày lạ" in page


def test_a_server_without_items_is_not_said_to_have_none(office: Office) -> None:
    other = TrialServer("Xã Minh Tân", "0.2.0", ("Xã Minh Tân",))
    outcome = Outcome("https://a.example/", feed=TrialReading("Xã Minh Tân", 0, ()), server=other)
    page = answered(office, office.browser(KEEPER), "/desk/sources/look", outcome, address="https://a.example/")
    assert "another Bảng Tin server" in page
    assert 'name="kind" value="server"' in page
    assert "0 items" not in page


def test_what_a_source_is_warned_of_has_its_english() -> None:
    said = (harvest.SELECTORS_PROPOSED, harvest.CONNECTION_BROKE, dead_link_check.ALL_GONE)
    assert [one for one in said if in_english(one) is None] == []


def test_a_damaged_trial_is_not_found_and_keeps_no_other_waiting(office: Office) -> None:
    keeper = office.browser(KEEPER)
    damaged = keeper.post("/desk/sources/look", {"address": "https://a.example/"}).headers["Location"]
    with office.db.write() as conn:
        conn.execute(text("UPDATE trials SET page = '5', kind = 'x'"))
    office.later(seconds=1)
    sound = keeper.post("/desk/sources/look", {"address": "https://b.example/"}).headers["Location"]
    taken = trials.claim(office.db, office.now)
    assert taken is not None
    assert taken.key in sound
    assert keeper.get(damaged).status_code == 404
