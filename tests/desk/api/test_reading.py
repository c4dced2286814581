"""What a key reads: boards, laps with why, sources, stories, proof and files of its areas, and nothing else."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from server.core.model import Attachment, Original, Source, Trust, Window
from server.core.policy import Right
from server.core.screens.proof import NoticeReceipt, Play
from server.security_headers import MAY_UPLOAD, SESSION_HEADER, SIGNED_IN
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.media import uploads
from server.store.notices import notices
from server.store.screens import receipts
from server.store.sources import stories
from tests import cast
from tests.cast import BOARD_MINH_TAN, DAY, HOUR, MINUTE, NOW, PHO_DONG_HAI, TIN_TINH, TIN_XA
from tests.desk.api.programs import Program, data, program
from tests.desk.api.test_v1 import WANTED
from tests.desk.office import Office
from tests.store.screens.test_screens import paired

MINE = BOARD_MINH_TAN.slug


def read_stories(office: Office, source: Source, count: int, trust: Trust = "auto") -> None:
    """Stores stories of a source, an hour apart, the first one the latest."""
    found = [
        cast.entry(id=f"{source.slug}-{n}", title=f"Họp thôn {n} về {source.name}", link=f"https://x.vn/{source.slug}/{n}",
                   published=NOW - n * HOUR)
        for n in range(count)
    ]  # fmt: skip
    stories.save(office.db, replace(source, trust=trust), found, images={}, now=NOW)


def test_a_board_has_its_lanes(office: Office) -> None:
    one = data(program(office).get(f"boards/{MINE}"))
    assert (one["layout"], one["size"], one["zone"]) == ("portrait", "S", "Asia/Ho_Chi_Minh")
    assert one["lanes"][1] == {"source": "tin-tinh", "most": 5, "newest_days": 7}


@pytest.mark.parametrize(
    "path", [f"boards/{PHO_DONG_HAI.slug}", f"boards/{PHO_DONG_HAI.slug}/lap", "sources/tin-tinh"]
)
def test_what_is_of_another_area_is_not_found(office: Office, path: str) -> None:
    assert program(office).get(path).status_code == 404


def test_a_lap_says_what_is_shown_and_why(office: Office) -> None:
    shown = announcements.post(office.db, cast.announcement(area="xa-minh-tan"), actor="lan")
    later = cast.announcement(area="xa-minh-tan", title="Mai mới chiếu", windows=(Window(NOW + DAY, None),))
    coming = announcements.post(office.db, later, actor="lan")
    lap = data(program(office).get(f"boards/{MINE}/lap"))
    assert [(one["item"], one["page"]) for one in lap["slides"][:1]] == [(f"announcement:{shown.id}", 1)]
    assert {one["item"] for one in lap["slides"]} == {f"announcement:{shown.id}"}
    words = {one["item"]: one["word"] for one in lap["why"]}
    assert words == {f"announcement:{shown.id}": "on", f"announcement:{coming.id}": "not yet"}
    assert lap["covering"] is None


def test_a_lap_at_another_time_and_one_that_cannot_be_computed(office: Office) -> None:
    later = cast.announcement(area="xa-minh-tan", windows=(Window(NOW + DAY, None),))
    made = announcements.post(office.db, later, actor="lan")
    client = program(office)
    assert [one["item"] for one in data(client.get(f"boards/{MINE}/lap"))["slides"]] == [""]
    at = "2026-03-10T08:00:00%2B07:00"
    assert data(client.get(f"boards/{MINE}/lap?at={at}"))["slides"][0]["item"] == f"announcement:{made.id}"
    assert client.get(f"boards/{MINE}/lap?at=2026-04-10T08:00:00%2B07:00").status_code == 422
    assert client.get(f"boards/{MINE}/lap?at=1773100800").status_code == 422


def test_a_lap_names_the_notice_that_covers_the_glass(office: Office) -> None:
    made = notices.post(office.db, cast.notice(areas=("xa-minh-tan",)), actor="lan", now=NOW)
    assert data(program(office).get(f"boards/{MINE}/lap"))["covering"] == made.id


def test_a_source_tells_its_health(office: Office) -> None:
    (one,) = data(program(office).get("sources"))
    assert (one["slug"], one["condition"], one["last_good"]) == ("tin-xa", "new", None)
    assert data(program(office).get("sources/tin-xa")) == one


def test_stories_come_in_pages_of_all_sources_the_latest_first(office: Office) -> None:
    read_stories(office, TIN_TINH, 3)
    read_stories(office, TIN_XA, 3)
    client = program(office, area="tinh")
    page, found = data(client.get("stories?limit=2")), []
    for _ in range(3):
        found += page["items"]
        page = data(client.get(f"stories?limit=2&cursor={page['next']}")) if page["next"] else {"items": []}
    assert len({one["id"] for one in found}) == 6
    assert [one["published"] for one in found] == sorted((one["published"] for one in found), reverse=True)
    assert {one["source"] for one in data(client.get("stories?source=tin-xa"))["items"]} == {"tin-xa"}
    assert data(client.get(f"stories/{found[0]['id']}")) == found[0]
    assert {one["source"] for one in data(program(office).get("stories"))["items"]} == {"tin-xa"}


def test_stories_that_wait_or_were_withdrawn_are_not_told(office: Office) -> None:
    read_stories(office, TIN_XA, 2, trust="hold")
    client = program(office)
    assert data(client.get("stories"))["items"] == []
    assert client.get("stories/1").status_code == 404
    stories.approve(office.db, 1, actor="lan", now=NOW)
    assert data(client.get("stories/1"))["id"] == 1
    stories.withdraw(office.db, 1, actor="lan", now=NOW)
    assert client.get("stories/1").status_code == 404


def test_the_proof_of_an_item_tells_boards_times_and_hashes(office: Office) -> None:
    screen, _ = paired(office.db, MINE, name="Sảnh")
    other, _ = paired(office.db, PHO_DONG_HAI.slug, name="Phố")
    told = notices.post(office.db, cast.notice(areas=("tinh",)), actor="lan", now=NOW)
    played = [
        Play(one.id, one.board, one.slot, "announcement:1", "Lịch", "ab" * 8, NOW, "2026-03-09", 7)
        for one in (screen, other)
    ]
    seen = [NoticeReceipt(told.id, one.id, "shown", NOW + MINUTE) for one in (screen, other)]
    receipts.save(office.db, played, seen, [])
    client = program(office)
    proof = data(client.get("proof/announcement:1"))
    assert [(one["board"], one["count"], one["hashes"]) for one in proof["plays"]] == [(MINE, 1, ["ab" * 8])]
    noted = data(client.get(f"proof/notice:{told.id}"))["receipts"]
    assert [(one["name"], one["received"]) for one in noted] == [("Sảnh", None)]
    assert datetime.fromisoformat(noted[0]["shown"]) == NOW + MINUTE
    assert client.get("proof/announcement:1?from=2026-01-01&to=2026-02-01").status_code == 404
    assert client.get("proof/announcement:2").status_code == 404
    assert client.get("proof/announcement:1?from=hôm-qua").status_code == 422


def sent(client: Program, name: str, area: str = "xa-minh-tan") -> Any:
    form = {"area": area, "file": (io.BytesIO(b"anything"), name)}
    headers = {"Authorization": f"Bearer {client.key}"}
    return client.office.app.test_client().post("/api/v1/files", data=form, headers=headers)


def test_a_file_is_checked_before_an_announcement_has_it(office: Office) -> None:
    client = program(office)
    file = data(sent(client, "../ảnh/cầu.jpg"))
    assert (file["name"], file["state"], file["size"]) == ("cầu.jpg", "waiting", 8)
    assert (office.folder / "uploads" / file["key"]).read_bytes() == b"anything"
    wanted = {**WANTED, "files": [{"key": file["key"], "alt": "Cầu mới"}]}
    assert client.post("announcements", wanted).status_code == 422
    uploads.done(office.db, file["key"], attachments=[Attachment("c" * 16, "", 800, 600)])
    made = data(client.post("announcements", wanted))
    assert (made["kind"], made["files"], made["state"]) == ("pictures", 1, "submitted")
    assert announcements.get(office.db, made["id"]).attachments[0].alt == "Cầu mới"
    assert data(client.get(f"files/{file['key']}"))["state"] == "done"


def test_the_kind_of_an_announcement_is_that_of_its_file(office: Office) -> None:
    client = program(office)
    page = Attachment("c" * 16, "", 800, 600)
    results: dict[str, dict[str, Any]] = {
        "qd.pdf": {"attachments": [page, page]},
        "phim.mp4": {"attachments": [replace(page, type="video/mp4", seconds=9.0)]},
        "lich.xlsx": {"table": (("Giờ", "Việc"), ("7 giờ", "Họp"))},
    }
    kinds, keys = {}, []
    for name, result in results.items():
        keys.append(data(sent(client, name))["key"])
        original = None if name == "phim.mp4" else Original("d" * 16, name, "application/pdf", 9)
        uploads.done(office.db, keys[-1], original=original, **result)
        kinds[name] = data(client.post("announcements", {**WANTED, "files": [{"key": keys[-1]}]}))["kind"]
    assert kinds == {"qd.pdf": "pdf", "phim.mp4": "video", "lich.xlsx": "table"}
    kept = [[file.name for file in one.originals] for one in announcements.all(office.db)]
    assert kept == [["lich.xlsx"], [], ["qd.pdf"]]
    mixed = {**WANTED, "files": [{"key": key} for key in keys[:2]]}
    assert client.post("announcements", mixed).status_code == 422


def test_only_a_key_that_may_send_files_may_send_large_bodies(office: Office) -> None:
    rights: tuple[Right, ...] = ("media.write", "board.view")
    accesses = [program(office, right).get("areas").headers[SESSION_HEADER] for right in rights]
    assert accesses == [MAY_UPLOAD, SIGNED_IN]


def test_a_file_belongs_to_the_key_that_sent_it(office: Office) -> None:
    client, other = program(office), program(office)
    key = data(sent(client, "a.jpg"))["key"]
    assert other.get(f"files/{key}").status_code == 404
    uploads.refused(office.db, key, "Tệp rỗng")
    assert other.post("announcements", {**WANTED, "files": [{"key": key}]}).status_code == 422
    said = client.post("announcements", {**WANTED, "files": [{"key": key}]}).get_json()["detail"]
    assert "Tệp rỗng" in said
    assert sent(client, "a.jpg", area="xa-dong-hai").status_code == 403


def test_a_key_takes_back_what_it_has_handed_in_and_nothing_else(office: Office) -> None:
    client, other = program(office), program(office)
    made = data(client.post("announcements", WANTED))
    assert other.post(f"announcements/{made['id']}/withdraw").status_code == 403
    after = data(client.post(f"announcements/{made['id']}/withdraw", {"reason": "Không cắt nữa"}))
    assert (after["state"], after["reason"]) == ("withdrawn", "Không cắt nữa")
    assert data(client.post(f"announcements/{made['id']}/withdraw"))["state"] == "withdrawn"
    people_made = announcements.post(office.db, cast.announcement(area="xa-minh-tan"), actor="lan")
    assert client.post(f"announcements/{people_made.id}/withdraw").status_code == 403
    assert announcements.get(office.db, people_made.id).state == "approved"


def test_a_removed_board_is_not_told(office: Office) -> None:
    boards.remove(office.db, MINE, actor="lan", now=NOW.astimezone(UTC))
    assert program(office, "board.view").get(f"boards/{MINE}").status_code == 404
