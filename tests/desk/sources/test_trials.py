"""If the stored row of a source's trial is damaged, that trial is not found, and the other trials still run."""

from __future__ import annotations

from sqlalchemy import text

from server.store.sources import trials
from tests.cast import KEEPER
from tests.desk.office import Office


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
