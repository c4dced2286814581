"""Renders a kind's Jinja2 template to a `Slide`, with QR codes and local times; called by the kinds of slides."""

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
# The code of a longer address has modules too small for a phone at arm's length.
LONGEST_CODE = 400

ENVIRONMENT = Environment(
    loader=FileSystemLoader([FOLDER / "kinds", FOLDER]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    # Templates only change with the program; checking the disk for each slide took a tenth of the rendering time.
    auto_reload=False,
)


@lru_cache(maxsize=2048)
def qr_code(link: str) -> Markup | None:
    """A QR code of a web address as inline SVG, coloured by the style sheet; None for other or too long addresses."""
    if not link.startswith(("http://", "https://")) or len(link) > LONGEST_CODE:
        return None
    made = segno.make_qr(link, error="l")
    svg = made.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass="qr-ink", dark="#000")
    return Markup(svg.replace(' stroke="#000"', ""))  # noqa: S704 - segno writes numbers only, no text of the link


def local_time(instant: datetime, zone: str) -> str:
    """For example "08:15 22/11/2026" in the board's zone, with a no-break space."""
    return f"{instant.astimezone(ZoneInfo(zone)):%H:%M{NO_BREAK}%d/%m/%Y}"


def local_day(instant: datetime, zone: str) -> str:
    """For example "22/11/2026" in the board's zone."""
    return f"{instant.astimezone(ZoneInfo(zone)):%d/%m/%Y}"


def machine_time(instant: datetime) -> str:
    """The value of ``<time datetime>``, UTC to the second."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def media_address(name: str) -> str:
    """The HTTP path of stored media by its hash."""
    return f"/glass/media/{name}"


def render_slide(
    template: str,
    context: dict[str, object],
    *,
    dwell: int,
    title: str,
    source: str,
    kind: str,
    media: tuple[str, ...] = (),
) -> Slide:
    """Renders a template (a path under ``kinds``); the hash is the first 16 hex digits of the HTML's SHA-256."""
    html = ENVIRONMENT.get_template(template).render(context).strip()
    name = sha256(html.encode()).hexdigest()[:16]
    return Slide(hash=name, html=html, dwell=dwell, title=title, source=source, kind=kind, media=media)


ENVIRONMENT.globals.update(machine_time=machine_time, media_address=media_address, caption=CAPTION)
