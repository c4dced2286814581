"""Sources: seeding makes the store match config.toml; a lease keeps two workers from fetching the same source."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from server.core.model import Area, Board, Lane, Source, SourceState
from server.store.audit import audit
from server.store.boards import boards
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreError, StoreUnavailable
from server.store.sources import sources
from tests import cast
from tests.cast import AREAS, BOARDS, EDITOR, HOUR, MINUTE, NOW, PHO_DONG_HAI, SOURCES, TIN_TINH, TIN_XA
from tests.store.changed import changed
from tests.store.conftest import Opens

LEASE = 2 * MINUTE


def seed(
    db: Database,
    *,
    areas: Sequence[Area] = AREAS,
    sources_: Sequence[Source] = SOURCES,
    boards_: Sequence[Board] = BOARDS,
) -> int:
    """Seeds the store with the cast, of which a test may replace a part; returns by how much the revision grew."""
    before = revision.current(db)
    sources.seed(db, areas=areas, sources=sources_, boards=boards_, now=NOW)
    return revision.current(db) - before


def test_seeded_rows_are_read_back_as_in_config(db: Database) -> None:
    assert sources.areas(db) == AREAS
    assert sources.all(db) == SOURCES
    assert boards.all(db) == BOARDS


def test_every_field_of_a_source_survives(db: Database) -> None:
    odd = cast.source(
        "tin-la",
        kind="cap",
        area=None,
        every=1.5 * MINUTE,
        trust="auto",
        user_agent="Mozilla/5.0",
        ca_bundle="ca.pem",
        full_text=True,
    )
    seed(db, sources_=[odd])
    assert sources.get(db, "tin-la") == odd


def test_seeding_the_same_again_is_no_change(db: Database) -> None:
    assert seed(db) == 0


def test_a_change_in_config_bumps_the_revision_once(db: Database) -> None:
    renamed = replace(TIN_TINH, label="TIN MỚI")
    assert seed(db, sources_=[renamed, TIN_XA]) == 1
    assert sources.get(db, "tin-tinh") == renamed


def test_config_may_name_a_commune_before_its_province(db: Database) -> None:
    new = cast.area("thon-moi", parent="huyen-moi"), cast.area("huyen-moi", parent=None)
    seed(db, areas=[*new, *AREAS])
    assert sources.areas(db) == (*new, *AREAS)


def test_an_area_with_an_unknown_parent_is_refused(db: Database) -> None:
    with pytest.raises(StoreError):
        seed(db, areas=[*AREAS, cast.area(parent="khong-co")])
    assert sources.areas(db) == AREAS


def test_rows_that_config_drops_are_retired_and_may_return(db: Database) -> None:
    assert seed(db, sources_=[TIN_TINH], boards_=BOARDS[:1]) == 1
    assert sources.all(db) == (TIN_TINH,)
    assert boards.all(db) == BOARDS[:1]
    assert [state.slug for state in sources.states(db)] == ["tin-tinh"]
    with pytest.raises(NotFound):
        sources.get(db, "tin-xa")
    assert seed(db) == 1
    assert sources.all(db) == SOURCES


def test_seeding_keeps_the_mode_set_at_the_desk(db: Database) -> None:
    boards.set_mode(db, "hoi-truong", "safe", actor=EDITOR.slug, now=NOW)
    assert seed(db) == 0
    assert boards.get(db, "hoi-truong").mode == "safe"


def test_seeding_keeps_changes_of_the_desk(db: Database) -> None:
    source, board = replace(TIN_XA, label="TIN CỦA XÃ"), replace(BOARDS[0], name="Hội trường lớn")
    sources.save(db, source, actor=EDITOR.slug, now=NOW)
    boards.save(db, board, actor=EDITOR.slug, now=NOW)
    assert seed(db) == 0
    assert sources.get(db, "tin-xa") == source
    assert boards.get(db, "hoi-truong") == board
    seed(db, sources_=[TIN_TINH], boards_=BOARDS[1:])
    assert sources.all(db) == (TIN_TINH, source)
    assert board in boards.all(db)


def test_an_area_used_by_a_board_of_the_desk_is_not_retired(db: Database) -> None:
    theirs = replace(PHO_DONG_HAI, name="Phố mới")
    boards.save(db, theirs, actor=EDITOR.slug, now=NOW)
    before = revision.current(db)
    with pytest.raises(StoreUnavailable, match=r"pho-dong-hai \(đơn vị xa-dong-hai\)"):
        seed(db, areas=AREAS[:2], boards_=BOARDS[:2])
    assert (sources.areas(db), boards.all(db), revision.current(db)) == (AREAS, (*BOARDS[:2], theirs), before)
    boards.save(db, replace(theirs, area="xa-minh-tan"), actor=EDITOR.slug, now=NOW)
    seed(db, areas=AREAS[:2], boards_=BOARDS[:2])
    assert sources.areas(db) == AREAS[:2]


def test_an_area_is_retired_with_boards_of_config_and_removed_ones(db: Database) -> None:
    boards.save(db, cast.board(area="xa-dong-hai"), actor=EDITOR.slug, now=NOW)
    boards.remove(db, "bang-moi", actor=EDITOR.slug, now=NOW)
    seed(db, areas=AREAS[:2], boards_=BOARDS[:2])
    assert sources.areas(db) == AREAS[:2]


def test_a_source_made_at_the_desk_is_due_at_once_and_stays(db: Database) -> None:
    made = cast.source("tin-ban-tin")
    before = revision.current(db)
    assert sources.save(db, made, actor=EDITOR.slug, now=NOW + MINUTE) == made
    assert revision.current(db) == before + 1
    assert SourceState("tin-ban-tin", NOW + MINUTE) in sources.states(db)
    assert seed(db) == 0
    assert sources.all(db) == (*SOURCES, made)
    assert sources.save(db, made, actor=EDITOR.slug, now=NOW) == made
    assert revision.current(db) == before + 1
    assert [act.act for act in audit.all(db)] == ["source.save"]


def test_seeding_does_not_restore_what_the_desk_removed(db: Database) -> None:
    sources.remove(db, "tin-xa", actor=EDITOR.slug, now=NOW)
    boards.remove(db, "pho-dong-hai", actor=EDITOR.slug, now=NOW)
    assert seed(db) == 0
    assert sources.all(db) == (TIN_TINH,)
    assert boards.all(db) == BOARDS[:2]
    with pytest.raises(NotFound):
        sources.remove(db, "tin-xa", actor=EDITOR.slug, now=NOW)
    sources.save(db, TIN_XA, actor=EDITOR.slug, now=NOW)
    assert sources.get(db, "tin-xa") == TIN_XA


@pytest.mark.parametrize(
    ("changes", "says"), [({"area": "xa-la"}, "xa-la"), ({"lanes": (Lane("tin-la"),)}, "tin-la")]
)
def test_a_board_with_an_unknown_area_or_source_is_refused(
    db: Database, changes: dict[str, object], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        boards.save(db, changed(BOARDS[0], **changes), actor=EDITOR.slug, now=NOW)
    assert boards.all(db) == BOARDS


def test_a_new_source_is_due_at_once(db: Database) -> None:
    assert sources.states(db) == (SourceState("tin-tinh", NOW), SourceState("tin-xa", NOW))


def test_a_new_address_resets_the_state(db: Database) -> None:
    (claimed, state), *_ = sources.claim_due(db, worker="a", now=NOW, lease=LEASE, limit=1)
    sources.finish(db, claimed.slug, worker="a", state=replace(state, etag="x", gone=True))
    seed(db, sources_=[replace(TIN_TINH, url="https://tinh.example.vn/moi.xml"), TIN_XA])
    assert sources.states(db)[0] == SourceState("tin-tinh", NOW)


def claim(db: Database, worker: str = "a", limit: int = 10, after: float = 0) -> list[str]:
    """The slugs of the sources that ``worker`` can claim ``after`` minutes from NOW, at most ``limit``."""
    now = NOW + after * MINUTE
    return [s.slug for s, _ in sources.claim_due(db, worker=worker, now=now, lease=LEASE, limit=limit)]


def finish(db: Database, slug: str, worker: str = "a", after: float = 15, **changes: object) -> bool:
    state = SourceState(slug, next_fetch_at=NOW + after * MINUTE)
    return sources.finish(db, slug, worker=worker, state=changed(state, **changes))


def test_a_claim_returns_sources_with_their_state(db: Database) -> None:
    claimed = sources.claim_due(db, worker="a", now=NOW, lease=LEASE, limit=10)
    assert claimed == [(TIN_TINH, SourceState("tin-tinh", NOW)), (TIN_XA, SourceState("tin-xa", NOW))]


def test_sources_that_are_not_due_are_not_claimed(db: Database) -> None:
    assert claim(db, after=-1) == []


def test_the_limit_takes_the_longest_due_first(db: Database) -> None:
    assert claim(db) == ["tin-tinh", "tin-xa"]
    finish(db, "tin-tinh", after=20)
    finish(db, "tin-xa", after=10)
    assert claim(db, limit=1, after=30) == ["tin-xa"]


def test_a_leased_source_is_not_claimed_again(db: Database) -> None:
    assert claim(db, limit=1) == ["tin-tinh"]
    assert claim(db, "b") == ["tin-xa"]
    assert claim(db, "b", after=1.9) == []


def test_a_lease_expires(db: Database) -> None:
    claim(db)
    assert claim(db, "b", after=2) == ["tin-tinh", "tin-xa"]


def test_the_outcome_of_a_lost_lease_is_not_saved(db: Database) -> None:
    claim(db)
    claim(db, "b", after=3)
    assert not finish(db, "tin-tinh", "a", etag="late")
    assert sources.states(db)[0].etag == ""
    assert finish(db, "tin-tinh", "b", etag="mine")
    assert not finish(db, "tin-tinh", "b", etag="twice")


def test_finish_saves_the_state_and_ends_the_lease(db: Database) -> None:
    claim(db)
    outcome = SourceState(
        "tin-tinh",
        next_fetch_at=NOW + HOUR,
        etag='W/"1"',
        last_modified="Mon, 09 Mar 2026 00:00:00 GMT",
        body_hash="ab",
        failures=3,
        last_good=NOW,
        last_error="Máy chủ không trả lời",
    )
    before = revision.current(db)
    assert sources.finish(db, "tin-tinh", worker="a", state=outcome)
    assert outcome in sources.states(db)
    assert revision.current(db) == before
    assert claim(db, "b", after=60) == ["tin-xa", "tin-tinh"]


def test_sources_that_are_gone_are_not_claimed(db: Database) -> None:
    claim(db)
    finish(db, "tin-tinh", gone=True)
    finish(db, "tin-xa")
    assert claim(db, after=60) == ["tin-xa"]


def test_retired_sources_are_not_claimed(db: Database) -> None:
    seed(db, sources_=[TIN_XA])
    assert claim(db) == ["tin-xa"]


def test_two_workers_never_get_the_same_source(db: Database, opens: Opens, url: str) -> None:
    many = [cast.source(f"nguon-{n}") for n in range(30)]
    seed(db, sources_=many)
    stores = db, opens(url)
    together = Barrier(2)

    def work(number: int) -> list[str]:
        got: list[str] = []
        together.wait(timeout=10)
        while batch := claim(stores[number], f"worker-{number}", limit=2):
            got += batch
        return got

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, range(2))
    assert sorted(first + second) == sorted(source.slug for source in many)
