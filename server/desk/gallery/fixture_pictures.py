"""Makes the pictures in the gallery's slides: photographs, pages of a letter, first frames of videos.

Called by the gallery's views and by the web server of tests/web. The name of a picture gives its kind and its size in
pixels: p1000x1414 is a photograph, d1240x1754 a page of a letter, v1920x1080 the first frame of a video.
"""

from __future__ import annotations

import re
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

SAMPLE = Path(__file__).parents[3] / "feeds/samples/pictures/kenh-muong.jpg"
TYPE = "image/jpeg"


@lru_cache(16)
def picture(name: str) -> bytes:
    """Returns the JPEG file of the picture with this name.

    A name that does not have the form above gives the unchanged sample photograph.
    """
    found = re.fullmatch(r"([pdv])(\d+)x(\d+)", name)
    if not found:
        return SAMPLE.read_bytes()
    size = int(found[2]), int(found[3])
    made = _letter(size) if found[1] == "d" else ImageOps.fit(Image.open(SAMPLE), size)
    into = BytesIO()
    made.save(into, "JPEG")
    return into.getvalue()


def _letter(size: tuple[int, int]) -> Image.Image:
    """Returns a picture of a page of a letter, with bars in place of text; ``size`` is (width, height) in pixels."""
    sheet = Image.new("RGB", size, "white")
    pen, (across, down) = ImageDraw.Draw(sheet), size
    for at in range(24):
        top = down // 9 + at * down // 30
        right = across - across // 8 - (at % 5 == 4) * across // 3
        pen.rectangle((across // 8, top, right, top + down // 90), "#333a4a")
    return sheet
