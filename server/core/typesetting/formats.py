"""Computes the geometry of a board's format: canvas, type scale, size class; called by setup, desk and slides.

One unit is 1/1920 of the width in landscape (1/1180 in portrait, 1/1600 on 4:3 panels), so a 4K wall and a 720p panel
show the same picture. display/css/tokens.css holds the same numbers; tests/slides/test_styles.py compares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import hypot

from server.core.model import Format, Layout, Size
from server.core.typesetting.font_metrics import CAP_HEIGHT

HEADLINE_LEADING = 1.5
TEXT_LEADING = 1.55
SAFE_AREA = 0.05
# The width of the list beside the slides as a share of the canvas, and the padding of the ticker in units.
SIDE_SHARE = 0.26
TICKER_PADDING = 28
READ_MM_PER_METRE = 6.0
FRAME_MM_PER_METRE = 3.0
URGENT_MM_PER_METRE = 10.0
MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Canvas:
    """The size of a rectangle in units: the whole panel, or the part of it for the slide."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Scale:
    """The smallest type sizes that a size class allows, in units; ``qr`` is the side of a QR code.

    ``bar`` is the height of the header's content, ``high_bar`` that in portrait, where the header has two rows.
    """

    headline: int
    text: int
    kicker: int
    small: int
    urgent: int
    bar: int
    high_bar: int
    qr: int


CANVASES: Mapping[Layout, Canvas] = {
    "landscape": Canvas(1920, 1080),
    "portrait": Canvas(1180, 2098),
    "classic": Canvas(1600, 1200),
}
LED_CANVASES: Mapping[Layout, Canvas] = {
    "landscape": Canvas(1920, 960),
    "portrait": Canvas(1180, 2360),
    "classic": Canvas(1600, 1200),
}
# An LED module of 192 x 96 pixels shows three lines of text 20 pixels high: 200 of 1920 units.
LED_TEXT: Mapping[Layout, int] = {"landscape": 200, "portrait": 246, "classic": 200}
SCALES: Mapping[Size, Scale] = {
    "S": Scale(headline=70, text=38, kicker=28, small=24, urgent=88, bar=92, high_bar=156, qr=128),
    "M": Scale(headline=84, text=52, kicker=36, small=28, urgent=96, bar=108, high_bar=184, qr=150),
    "L": Scale(headline=96, text=68, kicker=44, small=36, urgent=114, bar=112, high_bar=226, qr=170),
    "XL": Scale(headline=112, text=96, kicker=60, small=48, urgent=160, bar=146, high_bar=292, qr=190),
}
SIZES: tuple[Size, ...] = ("S", "M", "L", "XL")
RATIOS: Mapping[Layout, tuple[float, float]] = {"landscape": (16, 9), "portrait": (9, 16), "classic": (4, 3)}


def unit_millimetres(layout: Layout, diagonal_inches: float) -> float:
    """The length of one unit on a panel in mm, from its diagonal and the aspect ratio of its layout."""
    across, down = RATIOS[layout]
    width = diagonal_inches * MM_PER_INCH * across / hypot(across, down)
    return width / CANVASES[layout].width


def reach(layout: Layout, size: Size, diagonal_inches: float) -> float:
    """The distance in metres up to which a size class can be read on a panel with this layout and diagonal.

    Capitals need 6 mm per metre in text, 3 mm in small print and 10 mm in urgent headlines.
    """
    unit = unit_millimetres(layout, diagonal_inches)
    if size == "LED":
        return LED_TEXT[layout] * CAP_HEIGHT * unit / READ_MM_PER_METRE
    scale = SCALES[size]
    text = scale.text * CAP_HEIGHT * unit / READ_MM_PER_METRE
    frame = scale.small * CAP_HEIGHT * unit / FRAME_MM_PER_METRE
    urgent = scale.urgent * CAP_HEIGHT * unit / URGENT_MM_PER_METRE
    return min(text, frame, urgent)


def size_class(layout: Layout, diagonal_inches: float, distance_metres: float) -> Size:
    """The smallest size class that can be read from ``distance_metres`` (see `reach`).

    It is "LED" (three lines, no header and footer) if even XL is too small. Raises ValueError for lengths that are
    not positive.
    """
    if diagonal_inches <= 0 or distance_metres <= 0:
        raise ValueError("diagonal and distance must be positive")
    return next((size for size in SIZES if reach(layout, size, diagonal_inches) >= distance_metres), "LED")


def canvas(format: Format) -> Canvas:
    """The whole panel of a format, in units."""
    return (LED_CANVASES if format.size == "LED" else CANVASES)[format.layout]


def scale(format: Format) -> Scale:
    """The type scale of a format; an LED module has a single size."""
    if format.size != "LED":
        return SCALES[format.size]
    one = LED_TEXT[format.layout]
    return Scale(headline=one, text=one, kicker=one, small=one, urgent=one, bar=0, high_bar=0, qr=0)


def margins(format: Format) -> tuple[float, float]:
    """The margins (left and right, top and bottom) in units: 5 % of the panel; on an LED module 1 % and 0."""
    panel = canvas(format)
    if format.size == "LED":
        return panel.width * 0.01, 0.0
    return panel.width * SAFE_AREA, panel.height * SAFE_AREA


def frame_heights(format: Format) -> tuple[float, float]:
    """The heights (header, footer) in units, margins included; zero on an LED module."""
    if format.size == "LED":
        return 0.0, 0.0
    sizes, (_, edge) = scale(format), margins(format)
    bar = sizes.high_bar if format.layout == "portrait" else sizes.bar
    return edge + bar + 20, edge + 32 + sizes.kicker * 1.5


def side_width(format: Format) -> int:
    """The width in units of the list of coming slides, right of the slide; 0 if the format has none."""
    return round(canvas(format).width * SIDE_SHARE) if format.side and format.layout != "portrait" else 0


def ticker_height(format: Format) -> float:
    """The height in units of the ticker between the slide and the footer; 0 if the format has none."""
    return scale(format).kicker * 1.5 + TICKER_PADDING if format.ticker and format.size != "LED" else 0.0


def stage(format: Format) -> Canvas:
    """The space for the slide in whole units: the panel without header, footer, side list and ticker."""
    panel, (top, bottom) = canvas(format), frame_heights(format)
    side = 0 if format.size == "LED" else side_width(format)
    return Canvas(panel.width - side, int(panel.height - top - bottom - ticker_height(format)))
