"""Checks points, outlines and area codes in config.toml, and reads the files with outlines; called by config_file.

The checks are pydantic types, which server.setup.config_sections uses for its fields.
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
    """Replaces, in ``values``, each area's ``outline`` that names a file by the text of this file.

    ``values`` is the parsed config.toml; file names are relative to ``folder``. If a file cannot be read, its name is
    removed from ``values``, and the returned list has a line "path: problem" for it. Values of a wrong type stay as
    they are, so that Config reports them.
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
