"""The rendered slide; read through `server.core.model`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Slide:
    """One full-screen page: ``hash`` is the first 16 hex digits of the SHA-256 of ``html``.

    ``dwell`` is how long the slide stays on the screen, in milliseconds. ``title`` and ``source`` are plain text for
    lists of slides, ``kind`` names what it shows ("story", "notice"), ``media`` are the hashes of the stored files
    that ``html`` shows.
    """

    hash: str
    html: str
    dwell: int
    title: str
    source: str
    kind: str
    media: tuple[str, ...] = field(default=())
