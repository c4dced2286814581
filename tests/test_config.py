"""config.toml: the shipped file is good, and whatever is wrong is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.config import Config, ConfigError, load
from server.core.model import Format

ROOT = Path(__file__).resolve().parents[1]
GOOD = """
[[areas]]
slug = "tinh"
name = "Tỉnh"
[[areas]]
slug = "xa"
name = "Xã"
parent = "tinh"
[[sources]]
slug = "tin"
url = "tin.xml"
[[boards]]
slug = "bang"
name = "Bảng"
area = "xa"
hours = ["05:30-22:00"]
lanes = [{ source = "tin" }]
"""


def read(tmp_path: Path, text: str, **environment: str) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, environment)


def problems(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    return "\n".join(caught.value.problems)


def test_the_shipped_file_is_good_and_has_three_boards_of_two_layouts() -> None:
    config = load(ROOT / "config.toml", {})
    formats = {board.slug: board.format for board in config.board_values()}
    assert formats["hoi-truong"] == Format("landscape", "S")
    assert formats["xa-minh-tan"] == Format("portrait", "S")
    assert formats["pho-dong-hai"].size in ("L", "XL")
    assert all((ROOT / s.url).is_file() for s in config.sources if "://" not in s.url)


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    assert read(tmp_path, "") == Config()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[server]\nprot = 1", "server.prot"),
        ("[server]\nport = 70000", "server.port"),
        ('[server]\nport = "x"', "server.port"),
        ('timezone = "Asia/Atlantis"', "timezone"),
        ('[store]\nurl = "mysql://x"', "store.url"),
        ("[notices]\nfour_eyes = 3", "notices.four_eyes"),
        ('[[areas]]\nname = "Không tên ngắn"', "areas[0].slug"),
        ('[[areas]]\nslug = "Xã Có Dấu"\nname = "x"', "areas[0].slug"),
        (GOOD + '[[areas]]\nslug = "xa"\nname = "Trùng"', "areas[2].slug"),
        (GOOD.replace('parent = "tinh"', 'parent = "huyen"'), "areas[1].parent"),
        (GOOD.replace('name = "Tỉnh"', 'name = "Tỉnh"\nparent = "xa"'), "areas"),
        (GOOD.replace('url = "tin.xml"', 'url = "tin.xml"\narea = "huyen"'), "sources[0].area"),
        (GOOD.replace('area = "xa"', 'area = "huyen"'), "boards[0].area"),
        (GOOD.replace('source = "tin"', 'source = "tinn"'), "boards[0].lanes[0].source"),
        (GOOD.replace("05:30-22:00", "05:30-25:00"), "boards[0].hours[0]"),
        (GOOD.replace("05:30-22:00", "sáng"), "boards[0].hours[0]"),
        (GOOD.replace('name = "Bảng"', 'name = "Bảng"\nlayout = "round"'), "boards[0].layout"),
    ],
)
def test_a_problem_is_named_with_its_path(tmp_path: Path, text: str, place: str) -> None:
    found = problems(tmp_path, text)
    assert f"config.toml: {place}: " in found


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, '[server]\nprot = 1\nport = -1\n[queue]\nurl = "http://x"').splitlines()
    assert len(found) == 3


def test_a_file_that_is_not_there_or_not_toml_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="không tìm thấy"):
        load(tmp_path / "absent.toml", {})
    assert "TOML" in problems(tmp_path, "[server")


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        GOOD,
        BANGTIN_SERVER__PORT="9000",
        BANGTIN_TIMEZONE="Asia/Bangkok",
        BANGTIN_NOTICES__FOUR_EYES="true",
        BANGTIN_DATA="/somewhere",
        PATH="/bin",
    )
    assert (config.server.port, config.timezone, config.notices.four_eyes) == (9000, "Asia/Bangkok", True)
