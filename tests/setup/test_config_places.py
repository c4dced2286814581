"""Points, outlines and codes of config.toml: files beside it, texts, and mistakes named with their path."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.core.model import OutlinedArea, Point
from server.setup.config import Config
from server.setup.config_file import ConfigError, load

AREA = '[[areas]]\nslug = "xa"\nname = "Xã"\n'
BOARD = AREA + '[[boards]]\nslug = "bang"\nname = "Bảng"\narea = "xa"\n'
GEOJSON = json.dumps(
    {"type": "Polygon", "coordinates": [[[106.0, 20.0], [106.1, 20.0], [106.1, 20.1], [106.0, 20.0]]]}
)
RING = (Point(20.0, 106.0), Point(20.0, 106.1), Point(20.1, 106.1), Point(20.0, 106.0))


def config(folder: Path, text: str) -> Config:
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return load(folder / "config.toml", {})


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config(folder, text)
    return [line.removeprefix(f"{folder / 'config.toml'}: ") for line in caught.value.problems]


def test_an_area_has_a_point_an_outline_and_codes(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files/xa.geojson").write_text(GEOJSON, encoding="utf-8-sig")
    more = 'point = [20.6464, 106]\ncodes = ["vn-66", "12274"]\n'
    wanted = OutlinedArea("xa", "Xã", codes=("VN-66", "12274"), point=Point(20.6464, 106.0), outline=(RING,))
    assert config(tmp_path, f'{AREA}{more}outline = "files/xa.geojson"').area_values() == (wanted,)
    assert config(tmp_path, f"{AREA}{more}outline = '{GEOJSON}'").area_values() == (wanted,)
    assert config(tmp_path, AREA).area_values() == (OutlinedArea("xa", "Xã"),)


def test_a_board_has_a_point_or_that_of_its_area(tmp_path: Path) -> None:
    (board,) = config(tmp_path, BOARD + "point = [20.55, 106.58]").board_values()
    assert board.point == Point(20.55, 106.58)
    (board,) = config(tmp_path, BOARD).board_values()
    assert board.point is None


@pytest.mark.parametrize(
    ("line", "place", "words"),
    [
        ("point = [106.0, 20.0]", "areas[0].point", "vĩ độ đứng trước"),
        ("point = [20.0]", "areas[0].point[1]", "còn thiếu"),
        ("point = [20.0, 106.0, 5.0]", "areas[0].point", "chỉ nhận 2"),
        ("point = '20,6 106'", "areas[0].point", "danh sách trong ngoặc vuông"),
        ("point = [nan, 106.0]", "areas[0].point", "Vĩ độ nan"),
        ("codes = ['VN-66', 'Hưng Yên']", "areas[0].codes[1]", "Không hiểu mã «Hưng Yên». Mã viết như VN-66"),
        ("outline = 5", "areas[0].outline", "tên tệp như"),
        ("outline = 'khong-co.geojson'", "areas[0].outline", "tính từ thư mục của config.toml"),
        ("outline = '.'", "areas[0].outline", "không đọc được tệp '.'"),
        ("outline = 'tcvn.json'", "areas[0].outline", "không phải UTF-8"),
        ("outline = 'config.toml'", "areas[0].outline", "không phải GeoJSON"),
        ('outline = \'{"type": "Point"}\'', "areas[0].outline", "không phải vùng"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_the_way_out(tmp_path: Path, line: str, place: str, words: str) -> None:
    (tmp_path / "tcvn.json").write_bytes(b"\xb5\xff")
    (problem,) = problems(tmp_path, AREA + line)
    assert problem.startswith(f"{place}: ")
    assert words in problem


def test_a_wrong_point_of_a_board_is_named(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, BOARD + "point = [20.0, 181.0]")
    assert problem == "boards[0].point: Kinh độ 181 nằm ngoài khoảng từ -180 đến 180."


def test_a_missing_file_is_named_together_with_other_mistakes(tmp_path: Path) -> None:
    found = problems(tmp_path, f"language = 'fr'\n{AREA}outline = 'khong-co.geojson'\n")
    assert sorted(line.split(":")[0] for line in found) == ["areas[0].outline", "language"]
