"""Makes a `Slide` of a kind's template: the one Jinja2 environment, codes, times; called by the kinds of slides."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from server.core.model import Slide
from server.core.typesetting.paging import NO_BREAK
from server.slides.layout.space import CAPTION

FOLDER = Path(__file__).parent
# A longer address makes a code too fine for a telephone held at arm's length.
LONGEST_CODE = 400

ENVIRONMENT = Environment(
    loader=FileSystemLoader([FOLDER / "kinds", FOLDER]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    # Templates change with the program; asking the disk for each slide is a tenth of its time.
    auto_reload=False,
)


@lru_cache(maxsize=2048)
def code(link: str) -> Markup | None:
    """A QR code as inline SVG that the style sheet colours; None for what is no web address or far too long."""
    if not link.startswith(("http://", "https://")) or len(link) > LONGEST_CODE:
        return None
    made = segno.make_qr(link, error="l")
    svg = made.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass="qr-ink", dark="#000")
    return Markup(svg.replace(' stroke="#000"', ""))  # noqa: S704 - made of numbers by segno, nothing of the link is in it


def local_time(instant: datetime, zone: str) -> str:
    """ "08:15 22/11/2026" in the board's zone, never parted."""
    return f"{instant.astimezone(ZoneInfo(zone)):%H:%M{NO_BREAK}%d/%m/%Y}"


def local_day(instant: datetime, zone: str) -> str:
    """ "22/11/2026" in the board's zone."""
    return f"{instant.astimezone(ZoneInfo(zone)):%d/%m/%Y}"


def machine_time(instant: datetime) -> str:
    """The value of ``<time datetime>``: UTC to the second."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def media_address(name: str) -> str:
    """Where a screen finds stored media by its hash."""
    return f"/glass/media/{name}"


def slide(
    template: str,
    context: dict[str, object],
    *,
    dwell: int,
    title: str,
    source: str,
    kind: str,
    media: tuple[str, ...] = (),
) -> Slide:
    """Draws a template (a path under ``kinds``) and names the result by 16 hex of its SHA-256."""
    html = ENVIRONMENT.get_template(template).render(context).strip()
    name = sha256(html.encode()).hexdigest()[:16]
    return Slide(hash=name, html=html, dwell=dwell, title=title, source=source, kind=kind, media=media)


ENVIRONMENT.globals.update(machine_time=machine_time, media_address=media_address, caption=CAPTION)
