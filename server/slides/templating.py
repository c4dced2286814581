"""Renders a kind's Jinja2 template to a `Slide`, with QR codes and local times; called by kinds and the gallery."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from server.core.model import Slide
from server.core.typesetting.paging import JOINER, NO_BREAK
from server.slides.layout.space import CAPTION

FOLDER = Path(__file__).parent
# The most characters of an address with a QR code; the modules of a larger code are too small to scan.
LONGEST_CODE = 400
_JOINED_TEXT = re.compile(rf">[^<]*{JOINER}[^<]*")
_JOINED_WORD = re.compile(rf"[^\s>]*{JOINER}[^\s]*")

ENVIRONMENT = Environment(
    loader=FileSystemLoader([FOLDER / "kinds", FOLDER]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    # Templates change only with the program; checking the files for each slide takes a tenth of the rendering time.
    auto_reload=False,
)


@lru_cache(maxsize=2048)
def qr_code(link: str) -> Markup | None:
    """The QR code of an http(s) URL as inline SVG, coloured by the style sheet; None for other or too long URLs."""
    if not link.startswith(("http://", "https://")) or len(link) > LONGEST_CODE:
        return None
    made = segno.make_qr(link, error="l")
    svg = made.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass="qr-ink", dark="#000")
    return Markup(svg.replace(' stroke="#000"', ""))  # noqa: S704 - segno writes numbers only, no text of the link


def local_time(instant: datetime, zone: str) -> str:
    """Time and day of ``instant`` in the time zone ``zone``, as "08:15 22/11/2026" with a no-break space."""
    return f"{instant.astimezone(ZoneInfo(zone)):%H:%M{NO_BREAK}%d/%m/%Y}"


def local_day(instant: datetime, zone: str) -> str:
    """The day of ``instant`` in the time zone ``zone``, as "22/11/2026"."""
    return f"{instant.astimezone(ZoneInfo(zone)):%d/%m/%Y}"


def machine_time(instant: datetime) -> str:
    """Returns ``instant`` in UTC to the second, for the attribute ``datetime`` of the HTML element ``<time>``."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _with_whole_words(html: str) -> str:
    """Removes each `JOINER`, the invisible letter that keeps a word on one line, from ``html``.

    A word that had one is put into an element that is never broken; in attributes only the letter is removed. So
    screen readers, searches and tests find the text as it was written.
    """
    if JOINER not in html:
        return html
    return _JOINED_TEXT.sub(lambda text: _JOINED_WORD.sub(_whole_word, text[0]), html).replace(JOINER, "")


def _whole_word(word: re.Match[str]) -> str:
    return f'<span class="kept">{word[0]}</span>'


def media_address(name: str) -> str:
    """The HTTP path of a stored file; ``name`` is its hash."""
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
    """Renders a template (a path under ``kinds``) with ``context`` to a slide.

    ``dwell`` is in ms; ``title`` and ``source`` are plain text for lists of slides; ``media`` are the hashes of files
    that the slide shows. The slide's hash is the first 16 hex digits of the HTML's SHA-256.
    """
    html = _with_whole_words(ENVIRONMENT.get_template(template).render(context).strip())
    name = sha256(html.encode()).hexdigest()[:16]
    return Slide(hash=name, html=html, dwell=dwell, title=title, source=source, kind=kind, media=media)


ENVIRONMENT.globals.update(machine_time=machine_time, media_address=media_address, caption=CAPTION)
