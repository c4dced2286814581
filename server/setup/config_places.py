"""Points, outlines and codes in config.toml: reads the files of outlines and checks all; called by config_file.

The checks are types of pydantic, used by server.setup.config_sections.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, PlainValidator

from server.core.geography import geojson, points
from server.core.geography.codes import area_code
from server.core.model import Outline


def _point(pair: tuple[float, float]) -> tuple[float, float]:
    return points.checked(*pair)


def _outline(value: object) -> Outline:
    if isinstance(value, str):
        return geojson.read(value).outline
    raise ValueError('phải là chữ trong ngoặc kép: tên tệp như "files/xa.geojson", hoặc chính nội dung GeoJSON')


PointPair = Annotated[tuple[float, float], AfterValidator(_point)]
"""Latitude and longitude in degrees."""
OutlineText = Annotated[Outline | None, PlainValidator(_outline)]
"""The text of a GeoJSON document; the names of files are replaced by their texts before (`read_outlines`)."""
AreaCode = Annotated[str, AfterValidator(area_code)]


def read_outlines(values: dict[str, object], folder: Path) -> list[str]:
    """Replaces the names of files in ``outline`` of each area by the files' texts, in place.

    ``values`` is the parsed config.toml, ``folder`` the one that names of files are relative to. Returns a line
    "path: problem" for each file that cannot be read, and removes its name from ``values``. Values of a wrong type
    stay as they are, so that Config reports them.
    """
    areas, problems = values.get("areas"), []
    for place, area in enumerate(areas if isinstance(areas, list) else ()):
        name = area.get("outline") if isinstance(area, dict) else None
        if not isinstance(name, str) or name.lstrip().startswith("{"):
            continue
        try:
            area["outline"] = (folder / name).read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            del area["outline"]
            problems.append(f"areas[{place}].outline: {_why(error, name)}")
    return problems


def _why(error: Exception, name: str) -> str:
    if isinstance(error, FileNotFoundError):
        return f"không có tệp {name!r}; tên tệp tính từ thư mục của config.toml"
    if isinstance(error, UnicodeDecodeError):
        return f"tệp {name!r} không phải UTF-8; hãy lưu lại bằng UTF-8"
    return f"không đọc được tệp {name!r} ({error})"
