"""Outlines as files, and areas with places; used by the tests of this folder."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace

from server.core.geography import geojson
from server.core.model import Point
from server.store.areas import areas
from server.store.database.engine import Database
from tests.cast import KEEPER, NOW


def circle(lat: float, lon: float, degrees: float = 0.05, points: int = 40) -> str:
    """A GeoJSON polygon of ``points`` points round (lat, lon)."""
    angles = [2 * math.pi * number / points for number in range(points)]
    ring = [[lon + degrees * math.cos(angle), lat + degrees * math.sin(angle)] for angle in angles]
    return json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})


def file(text: str | bytes, name: str = "xa.geojson") -> tuple[io.BytesIO, str]:
    """An upload as Flask's test client takes it."""
    return io.BytesIO(text.encode() if isinstance(text, str) else text), name


def place(db: Database, slug: str, text: str = "", point: Point | None = None, codes: tuple[str, ...] = ()) -> None:
    """Sets the place of an area; ``text`` is the GeoJSON of its outline."""
    outline = geojson.read(text).outline if text else ()
    areas.place(
        db, replace(areas.get(db, slug), outline=outline, point=point, codes=codes), actor=KEEPER.slug, now=NOW
    )
