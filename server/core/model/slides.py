"""The rendered slide; read through `server.core.model`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Slide:
    """One full-screen page: ``hash`` is the first 16 hex digits of the SHA-256 of ``html``.

    ``dwell`` is how long it stays, in milliseconds (rule 8 of the lap). ``title`` and ``source`` are plain text for
    lists, ``media`` the hashes of the stored files that ``html`` shows.
    """

    hash: str
    html: str
    dwell: int
    title: str
    source: str
    kind: str
    media: tuple[str, ...] = field(default=())
