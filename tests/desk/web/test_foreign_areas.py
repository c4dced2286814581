"""Nobody of one commune sees or changes anything of another commune; every role tries every page and action."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from server.core.duty.alarms import Fact, Rules
from server.core.duty.roster import Absence, Turn
from server.core.model import MailSettings
from server.core.policy import Grant
from server.store.announcements import announcements
from server.store.areas_merge import plans
from server.store.duty import alarms, channels, roster
from server.store.duty.alarms import Observation
from server.store.notices import notices
from server.store.notifications import webhooks, webhooks_deliveries
from server.store.notifications.webhooks import Settings
from server.store.notifications.webhooks_distribution import Report
from server.store.people import messages, people, tokens
from server.store.sources import sources, stories
from server.store.tables import audit, metadata
from tests import cast
from tests.cast import NOW, PHO_DONG_HAI
from tests.core.alerts.documents import alert, info
from tests.desk.notices.alerts.received import NOWHERE, receive, use_source
from tests.desk.office import Office, office_on
from tests.desk.web.rights_table import AREALESS, OTHER, ROUTES, VALUES
from tests.desk.web.test_rights import WALKERS, add_walkers
from tests.store.screens.test_screens import paired

MARK = "Chuyện riêng của Đông Hải"
ELSEWHERE = "xa-dong-hai"
FORM = {"role": "viewer", "area": ELSEWHERE, "hours": "1", "mode": "dark", "board": "xa-minh-tan"}


@pytest.fixture(scope="module")
def two(office_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office with a person of each role in one commune, and an object of each kind in another.

    The objects of the other commune have `MARK` in their names.
    """
    office = office_on(office_template, tmp_path_factory.mktemp("two"))
    add_walkers(office)
    db = office.db
    announcements.post(db, cast.announcement(area=ELSEWHERE, title=f"{MARK}: thông báo"), actor="lan")
    notices.post(db, cast.notice(areas=(ELSEWHERE,), headline=f"{MARK}: tin khẩn"), actor="lan", now=NOW)
    paired(db, board=PHO_DONG_HAI.slug, name=f"{MARK}: màn hình")
    people.add(db, username="ngoai", name=f"{MARK}: người", email="ngoai@x.vn", actor="os:root", now=NOW)
    people.grant(db, "ngoai", Grant("operator", ELSEWHERE), by=None, actor="os:root", now=NOW)
    source = cast.source("tin-ngoai", area=ELSEWHERE, name=f"{MARK}: nguồn", label=f"{MARK}: nhãn", trust="hold")
    sources.save(db, source, actor="tuan", now=NOW)
    stories.save(db, source, [cast.entry(title=f"{MARK}: tin")], images={}, now=NOW)
    box = cast.source("thu-ngoai", area=ELSEWHERE, name=f"{MARK}: hộp thư", kind="mail", mail=MailSettings("ai"))
    sources.save(db, box, actor="tuan", now=NOW)
    use_source(office, slug="canh-bao-ngoai", area=ELSEWHERE, name=f"{MARK}: nguồn cảnh báo")
    receive(office, alert(source="canh-bao-ngoai", infos=(info(headline=f"{MARK}: cảnh báo", areas=NOWHERE),)))
    people.add(db, username="ngoai-bt", name=f"{MARK}: biên tập", email="bt@x.vn", actor="os:root", now=NOW)
    editor = people.grant(db, "ngoai-bt", Grant("editor", ELSEWHERE), by=None, actor="os:root", now=NOW)
    tokens.make(db, f"{MARK}: khóa", ["board.view"], [ELSEWHERE], by=editor, until=NOW + cast.DAY, now=NOW)
    receiver = Settings(f"{MARK}: nơi nhận", "https://x.vn/nhan", (ELSEWHERE,), ("announcement.approved",))
    webhooks.make(db, receiver, "whsec_AAAA", actor="tuan", now=NOW)
    webhooks_deliveries.test(db, 1, Report(f"{MARK}: việc", "{}"), NOW)
    plans.plan(db, "merge", ELSEWHERE, "tinh", due=NOW + cast.DAY, actor="tuan", now=NOW)
    fact = Fact("alerts_silent", ELSEWHERE, "source:x", f"{MARK}: nguồn im lặng", NOW)
    seen = Observation((fact,), frozenset({"alerts_silent"}))
    alarms.observe(db, seen, Rules(), lambda *_: alarms.Planned(), NOW)
    channel = channels.Settings("mail", f"{MARK}: kênh", (ELSEWHERE,), "x@x.vn")
    channels.make(db, channel, channels.Secrets(), actor="tuan", now=NOW)
    roster.add_turn(db, Turn(0, ELSEWHERE, "ngoai", tuple(range(7)), 0, 0), actor="tuan", now=NOW)
    roster.add_absence(db, Absence(0, ELSEWHERE, "ngoai", NOW.date(), NOW.date()), actor="tuan", now=NOW)
    messages.send(db, "ngoai@x.vn", f"{MARK}: thư", "x", now=NOW)
    messages.failed(db, 1, "recipient: 550", NOW)
    yield office
    db.close()


def test_every_route_with_an_object_has_one_of_another_commune() -> None:
    named = {route.split(" ", 1)[1] for route in ROUTES if "<" in route}
    assert named == set(OTHER) | AREALESS


def _path(rule: str, values: dict[str, object]) -> str:
    path = rule
    for name, value in values.items():
        for kind in ("", "int:", "path:"):
            path = path.replace(f"<{kind}{name}>", str(value))
    return path


GETS = sorted(route.removeprefix("GET ") for route in ROUTES if route.startswith("GET "))


@pytest.mark.parametrize("rule", GETS)
def test_no_page_shows_anything_of_another_commune(two: Office, rule: str) -> None:
    for values in (VALUES.get(rule, {}), OTHER.get(rule, {})):
        for person in WALKERS.values():
            body = (
                two.browser(person)
                .get(_path(rule, {**VALUES.get(rule, {}), **values}))
                .get_data()
                .decode("utf-8", "replace")
            )
            assert MARK not in body, f"{person.role} reads it at {rule}"


POSTS = sorted(route.removeprefix("POST ") for route in ROUTES if route.startswith("POST "))


def _everything(office: Office) -> dict[str, list[object]]:
    """All rows of the store by table, except the tables in which requests are recorded."""
    left_out = {"sign_ins", "audit", "links", "tries", "pairing_tries"}
    with office.db.read() as conn:
        return {
            table.name: [tuple(row) for row in conn.execute(select(table))]
            for table in metadata.sorted_tables
            if table.name not in left_out
        }


@pytest.mark.parametrize("rule", [rule for rule in POSTS if rule in OTHER])
def test_no_action_changes_anything_of_another_commune(two: Office, rule: str) -> None:
    before = _everything(two)
    for person in WALKERS.values():
        answer = two.browser(person).post(_path(rule, OTHER[rule]), FORM)
        assert answer.status_code in (403, 404), f"{person.role} is answered {answer.status_code} at {rule}"
    assert _everything(two) == before


def test_refused_actions_are_not_in_the_audit(two: Office) -> None:
    with two.db.read() as conn:
        actors = set(conn.execute(select(audit.c.actor)).scalars())
    assert not actors & {person.slug for person in WALKERS.values()}
