"""The commands announce, urgent, clear, confirm, show, read and check, run in the test's process on a real store."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from server.main import app
from server.setup.config_file import ConfigError
from server.store.announcements import announcements
from server.store.audit import audit
from server.store.database.engine import Database
from server.store.notices import notices
from tests import cast
from tests.cli.seeded import seen_by_server

CONFIG = """
[[areas]]
slug = "tinh"
name = "Tỉnh Hưng Yên"
[[areas]]
slug = "xa-minh-tan"
name = "Xã Minh Tân"
parent = "tinh"
[[areas]]
slug = "xa-dong-hai"
name = "Xã Đông Hải"
parent = "tinh"
[[areas]]
slug = "xa-khong-bang"
name = "Xã chưa có bảng"
parent = "tinh"
[[boards]]
slug = "hoi-truong"
name = "Hội trường"
area = "tinh"
[[boards]]
slug = "minh-tan"
name = "Xã Minh Tân"
area = "xa-minh-tan"
[[boards]]
slug = "dong-hai"
name = "Xã Đông Hải"
area = "xa-dong-hai"
"""

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")

    def act(*words: str, more: str = "") -> Result:
        if more:
            config.write_text(CONFIG + more, encoding="utf-8")
        with suppress(ConfigError):  # raised in tests of wrong settings
            seen_by_server(config, tmp_path / "data")
        return CliRunner().invoke(app, ["--config", str(config), "--data", str(tmp_path / "data"), *words])

    return act


@pytest.fixture
def store(tmp_path: Path, run: Run) -> Database:
    seen_by_server(tmp_path / "config.toml", tmp_path / "data")
    return Database.open("sqlite:///bangtin.db", tmp_path / "data")


def now() -> datetime:
    return datetime(2000, 1, 1, tzinfo=UTC)


def test_urgent_stores_a_notice_and_prints_its_boards_and_number(run: Run, store: Database) -> None:
    done = run("urgent", "Sơ tán ngay\nLên đê\nGọi 114", "--area", "tinh", "--minutes", "30", "--danger", "Lũ")
    assert done.exit_code == 0, done.output
    assert "3 bảng tin ở 3 đơn vị" in done.output
    (posted,) = notices.live(store, now())
    assert (posted.headline, posted.acts, posted.areas) == ("Sơ tán ngay", ("Lên đê", "Gọi 114"), ("tinh",))
    assert (posted.until - posted.issued).total_seconds() == 1_800
    assert f"clear {posted.id}" in done.output
    assert audit.all(store)[-1].actor.startswith("os:")


def test_clear_works_once(run: Run, store: Database) -> None:
    run("urgent", "Sơ tán ngay", "--area", "xa-minh-tan")
    (posted,) = notices.live(store, now())
    assert run("clear", str(posted.id)).exit_code == 0
    assert notices.live(store, now()) == ()
    again = run("clear", str(posted.id))
    assert again.exit_code == 1
    assert run("clear", "777").exit_code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["urgent", "Sơ tán"], "nơi nhận"),
        (["urgent", "Sơ tán", "--area", "xa-khac"], "Không có đơn vị xa-khac"),
        (["urgent", "Sơ tán", "--area", "xa-khong-bang"], "Không có bảng tin nào"),
        (["urgent", "Sơ tán", "--all", "--area", "tinh"], "nơi nhận"),
        (["urgent", "  ", "--all"], "chưa có nội dung"),
        (["urgent", "Một\nhai\nba\nbốn\nnăm", "--all"], "tối đa 3"),
        (["urgent", "Sơ tán", "--all", "--level", "normal"], "--level"),
        (["announce", "Họp dân"], "nơi nhận"),
        (["announce", "Họp dân", "--board", "khac"], "Không có bảng tin khac. Có: hoi-truong"),
        (["announce", "Họp dân", "--area", "khac"], "Không có đơn vị"),
        (["announce", "Họp dân", "--area", "tinh", "--until", "hôm kia"], "Không hiểu thời điểm"),
        (["announce", "Họp dân", "--area", "tinh", "--until", "01/01/2001"], "--until"),
        (["announce", "Họp dân", "--area", "tinh", "--table", "absent.csv"], "Không đọc được tệp absent.csv"),
        (["show", "khac"], "Không có bảng tin"),
        (["show", "hoi-truong", "--at", "mai kia"], "Không hiểu thời điểm"),
    ],
)
def test_a_wrong_command_prints_one_sentence_and_stores_nothing(
    run: Run, store: Database, words: list[str], said: str
) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert said in done.output
    assert notices.live(store, now()) == ()
    assert announcements.all(store) == ()


def test_with_four_eyes_an_urgent_notice_is_left_as_a_draft(run: Run, store: Database) -> None:
    done = run("urgent", "Sơ tán ngay", "--all", more="[notices]\nfour_eyes = true\n")
    assert done.exit_code == 3
    assert "bản nháp" in done.output
    assert notices.live(store, now()) == ()
    assert notices.get(store, 1).state == "drafted"
    again = run("confirm", "1", more="[notices]\nfour_eyes = true\n")
    assert again.exit_code == 3
    assert "biên tập viên khác" in again.output
    hasty = run("confirm", "1", "--break-glass", more="[notices]\nfour_eyes = true\n")
    assert hasty.exit_code == 3
    assert "giây nữa" in hasty.output
    assert notices.live(store, now()) == ()


def test_a_second_person_confirms_a_draft(run: Run, store: Database) -> None:
    asked = cast.notice(state="drafted", until=datetime(2099, 1, 1, tzinfo=UTC), signed_by="lan", signed_at=now())
    draft = notices.post(store, asked, actor="lan", now=now())
    done = run("confirm", str(draft.id), more="[notices]\nfour_eyes = true\n")
    assert done.exit_code == 0, done.output
    assert "run.py clear 1" in done.output
    (sent,) = notices.live(store, now())
    assert sent.confirmed_by.startswith("os:")
    assert run("confirm", str(draft.id)).exit_code == 1
    assert run("confirm", "99").exit_code == 1


def test_announce_posts_text_and_a_table_for_an_area_or_for_boards(run: Run, store: Database, tmp_path: Path) -> None:
    table = tmp_path / "lich.csv"
    table.write_text("Ngày,Giờ\n15/12,8 giờ\n\n30/12,8 giờ\n", encoding="utf-8-sig")
    done = run("announce", "Lịch tiếp dân\nTại trụ sở.", "--area", "tinh", "--table", str(table))
    assert done.exit_code == 0, done.output
    assert run("announce", "Họp", "--board", "minh-tan", "--board", "dong-hai").exit_code == 0
    *others, first = announcements.all(store)
    assert (first.title, first.text) == ("Lịch tiếp dân", "Tại trụ sở.")
    assert first.table == (("Ngày", "Giờ"), ("15/12", "8 giờ"), ("30/12", "8 giờ"))
    assert sorted((one.area, one.boards) for one in others) == [
        ("xa-dong-hai", ("dong-hai",)),
        ("xa-minh-tan", ("minh-tan",)),
    ]


def test_show_prints_the_lap_and_the_reason_of_every_item(run: Run) -> None:
    run("announce", "Đang chiếu", "--board", "hoi-truong")
    run("announce", "Chưa đến giờ", "--board", "hoi-truong", "--from", "31/12/2099 08:00")
    shown = run("show", "hoi-truong").output
    assert "đang chiếu, đến" in shown
    assert "chưa đến giờ, mở lúc" in shown


def test_show_names_the_urgent_notice_that_covers_the_board(run: Run) -> None:
    assert "phủ toàn màn hình" not in run("show", "hoi-truong").output
    run("urgent", "Vỡ đê", "--area", "tinh", "--minutes", "30")
    assert "Tin khẩn đang phủ toàn màn hình: Vỡ đê" in run("show", "hoi-truong").output


def test_boards_on_the_safe_page_are_named_and_not_counted(run: Run) -> None:
    run("screen", "mode", "dong-hai", "safe")
    done = run("urgent", "Vỡ đê", "--area", "tinh", "--minutes", "30")
    assert "2 bảng tin ở 2 đơn vị (Tỉnh Hưng Yên; không hiện ở dong-hai: đang ở trang an toàn)" in done.output
    run("screen", "panic", "tinh")
    done = run("announce", "Họp", "--board", "hoi-truong")
    assert "trên 0 bảng tin; hiện không chiếu vì đang ở trang an toàn: hoi-truong" in done.output
    run("screen", "panic", "tinh", "--end")
    run("screen", "mode", "hoi-truong", "dark")
    done = run("announce", "Họp", "--area", "tinh")
    assert "trên 1 bảng tin; hiện không chiếu vì đang ở trang an toàn: dong-hai; " in done.output
    assert "; hiện không chiếu vì bảng đang tắt: hoi-truong" in done.output


def test_show_says_that_a_board_on_the_safe_page_or_dark_does_not_show_its_lap(run: Run) -> None:
    run("urgent", "Vỡ đê", "--area", "tinh", "--minutes", "30")
    run("screen", "mode", "hoi-truong", "dark")
    shown = run("show", "hoi-truong").output
    assert "Bảng tin đang tắt: chỉ hiện tin khẩn" in shown
    assert "Tin khẩn đang phủ toàn màn hình" in shown
    run("screen", "panic", "tinh")
    shown = run("show", "hoi-truong").output
    assert "Bảng tin đang ở trang an toàn: chỉ hiện tên" in shown
    assert "Tin khẩn đang phủ toàn màn hình" not in shown
    assert json.loads(run("show", "hoi-truong", "--json").output)["mode"] == "safe"


def test_show_prints_as_json_what_is_on_at_a_time(run: Run) -> None:
    for word in ("một", "hai", "ba"):
        run("announce", f"Thông báo {word}", "--board", "hoi-truong")
    at = json.loads(run("show", "hoi-truong", "--json").output)
    first = at["slides"][0]
    assert first["start"] <= at["at"] < first["until"]
    assert {slide["title"] for slide in at["slides"]} == {f"Thông báo {word}" for word in ("một", "hai", "ba")}
    assert all(a["until"] == b["start"] for a, b in zip(at["slides"], at["slides"][1:], strict=False))


def test_show_looks_ten_days_ahead_and_no_further(run: Run) -> None:
    run("announce", "Thông báo", "--board", "hoi-truong")
    far = run("show", "hoi-truong", "--at", "31/12/2098 08:00")
    assert far.exit_code == 2
    assert "10 ngày" in far.output


def test_read_prints_one_json_line_for_each_entry(run: Run, tmp_path: Path) -> None:
    feed = tmp_path / "tin.xml"
    feed.write_text(
        '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><item><title>Tin &amp;amp; tức</title>'
        "<link>https://cong.example.invalid/1</link><guid>1</guid><pubDate>20/5/2017 3:01:44 CH</pubDate>"
        "<description>Lời &lt;b&gt;đậm&lt;/b&gt;</description></item></channel></rss>",
        encoding="utf-8",
    )
    done = run("read", str(feed))
    assert done.exit_code == 0, done.output
    (line,) = [json.loads(line) for line in done.output.splitlines()]
    assert set(line) == {"id", "title", "summary", "link", "published", "image", "language", "notes"}
    assert (line["summary"], line["published"]) == ("Lời đậm", "2017-05-20T08:01:44+00:00")
    with_zone = json.loads(run("read", str(feed), "--zone", "UTC").output)
    assert with_zone["published"] == "2017-05-20T15:01:44+00:00"


def test_an_unreadable_source_is_one_sentence_and_exit_1(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "trang.html"
    page.write_text("<!doctype html><title>Xin chào</title><p>Đây là một trang.", encoding="utf-8")
    for address in (str(page), str(tmp_path / "absent.xml"), "ftp://x/y", "http://127.0.0.1:9/"):
        done = run("read", address)
        assert done.exit_code == 1, address
        assert address in done.output
        assert "Traceback" not in done.output


def test_check_counts_what_is_configured_or_names_what_is_wrong(run: Run) -> None:
    assert "4 đơn vị, 0 nguồn tin, 3 bảng tin" in run("check").output
    broken = run("check", more="[server]\nprot = 1\n")
    assert isinstance(broken.exception, ConfigError)
    assert "server.prot" in str(broken.exception)
