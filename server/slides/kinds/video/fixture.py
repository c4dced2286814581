"""Videos in landscape and portrait; read by tests and the design gallery."""

from __future__ import annotations

from dataclasses import replace

from server.core.model import Attachment
from server.slides.kinds.announcement.fixture import LONG, SHORT

WIDE = Attachment("v1920x1080", "Hướng dẫn sơ tán khi có bão", 1920, 1080, "video/webm", 8.0)
HIGH = Attachment("v1080x1920", "Hướng dẫn dùng ứng dụng định danh", 1080, 1920, "video/webm", 12.5)
USUAL = replace(SHORT, kind="video", title="Chuẩn bị trước mùa bão", attachments=(WIDE,))
LONGEST = replace(LONG, kind="video", attachments=(HIGH,))

ITEMS = {"usual": USUAL, "longest": LONGEST}
