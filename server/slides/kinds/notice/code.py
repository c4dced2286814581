"""Makes space for a QR code beside the pages of an alert, or in portrait below them; called by arrange."""

from __future__ import annotations

from dataclasses import replace

from server.core.model import Format
from server.core.typesetting.formats import scale
from server.slides.kinds.notice.frame import GAP, Frame
from server.slides.layout.space import CODE_BESIDE, CODE_GAP


def narrowed(frame: Frame, format: Format) -> Frame:
    """Returns ``frame`` with less space for pages, so that a QR code fits beside them, or in portrait below them."""
    side, field = scale(format).qr, frame.field
    if format.layout == "portrait":
        return replace(frame, field=replace(field, height=field.height - side - GAP))
    return replace(frame, field=replace(field, width=field.width - side * CODE_BESIDE - CODE_GAP))
