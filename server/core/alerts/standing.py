"""Whether a document is shown, waits for an editor or is not for the public; called by `lifecycle`, desk, store."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.core.alerts.document import Alert, Key
from server.core.alerts.drill_words import names_a_drill
from server.core.alerts.levels import peak_of
from server.core.alerts.rules import AlertRules
from server.core.alerts.times import span_of_alert, tells_the_end

State = Literal["live", "draft", "refused", "ignored"]
Reason = Literal[
    "odd", "drill", "no-signature", "weak-signature", "broken-signature", "draft-mode", "four-eyes", "flood",
    "no-info", "never", "no-place", "outside", "no-territory",
]  # fmt: skip
REASONS: dict[Reason, str] = {
    "odd": "Tài liệu có chỗ không đúng chuẩn, cần người xem lại.",
    "drill": "Tài liệu ghi là cảnh báo thật nhưng nội dung nói là diễn tập hoặc thử nghiệm.",
    "no-signature": "Không có chữ ký của nguồn.",
    "weak-signature": "Chữ ký của nguồn dùng thuật toán đã yếu.",
    "broken-signature": "Chữ ký không khớp với nội dung.",
    "draft-mode": "Nguồn này được đặt ở chế độ chờ duyệt.",
    "four-eyes": "Cảnh báo khẩn chưa được ký, cần một biên tập viên xác nhận.",
    "flood": "Nguồn gửi quá nhiều cảnh báo khẩn trong một giờ.",
    "no-info": "Tài liệu không có nội dung để hiển thị.",
    "never": "Tài liệu hết hiệu lực trước khi bắt đầu.",
    "no-place": "Không đọc được khu vực, cần chọn nơi hiển thị.",
    "outside": "Khu vực nằm ngoài phạm vi của nguồn.",
    "no-territory": "Không đọc được phạm vi đã khai của nguồn, cần khai lại.",
}
"""What the desk says about a draft."""


REAL = 2
"""The rank of a document that is neither a drill nor names a test."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What becomes of a document.

    ``reasons`` say why it is no more than a draft. ``trusted``: it is surely its source's own word, so that it may
    take alarms down without an editor. ``rank`` is REAL for real ones, 1 for those that name a test, 0 for drills:
    no document acts on one of a higher rank. ``urgent``: it will be urgent at some time.
    """

    state: State
    reasons: tuple[Reason, ...] = ()
    trusted: bool = False
    rank: int = REAL
    urgent: bool = False


IGNORED = Standing("ignored")


def standing_of(alert: Alert, rules: AlertRules) -> Standing:
    """What becomes of a document for its own sake; the brake (`flooded`) and its place may hold it back, too."""
    if not _for_the_public(alert, rules):
        return IGNORED
    urgent = peak_of(alert, rules) == "urgent"
    named = names_a_drill(alert)
    rank = 0 if alert.status == "Exercise" else 1 if named else REAL
    if rules.certificate and alert.signature == "broken":
        return Standing("refused", ("broken-signature",), rank=rank, urgent=urgent)
    reasons: list[Reason] = []
    if alert.draft_only:
        reasons.append("odd")
    if named and alert.status != "Exercise":
        reasons.append("drill")
    signature = _signature_reason(alert, rules)
    if signature:
        reasons.append(signature)
    if rules.alerts == "draft":
        reasons.append("draft-mode")
    elif rules.four_eyes and urgent and not _is_signed(alert, rules):
        reasons.append("four-eyes")
    if not alert.infos and alert.kind != "Cancel":
        reasons.append("no-info")
    elif alert.infos and span_of_alert(alert, rules).empty:
        reasons.append("never")
    trusted = not alert.draft_only and signature is None
    return Standing("draft" if reasons else "live", tuple(reasons), trusted, rank, urgent)


def _for_the_public(alert: Alert, rules: AlertRules) -> bool:
    """Only real ones and, where the source may, drills; only for the public. A missing scope means the public."""
    status = alert.status in ("Actual", "") or (alert.status == "Exercise" and rules.exercises)
    return status and alert.scope in ("Public", "") and alert.kind not in ("Ack", "Error") and rules.alerts != "none"


def _is_signed(alert: Alert, rules: AlertRules) -> bool:
    return rules.certificate and alert.signature == "valid"


def _signature_reason(alert: Alert, rules: AlertRules) -> Reason | None:
    """Why the signature makes a draft of it; without a certificate a signature is recorded, not judged."""
    if alert.signature == "broken":
        return "broken-signature"
    if not rules.certificate or alert.signature == "valid":
        return None
    return "weak-signature" if alert.signature == "weak" else "no-signature"


def takes_down(alert: Alert) -> bool:
    """True for a document that does nothing but end a danger; it acts at once, also in draft mode."""
    return alert.kind == "Cancel" or (bool(alert.infos) and all(tells_the_end(alert, info) for info in alert.infos))


def flooded(urgent: Iterable[tuple[datetime, Key]], rules: AlertRules) -> frozenset[Key]:
    """Which urgent documents came after ``flood_count`` others of their source within the hour before.

    Counted by arrival, because that is when they take the glass. Those that were held back count, too: while a flood
    lasts, all of it waits for an editor.
    """
    found: set[Key] = set()
    arrivals: dict[str, list[datetime]] = {}
    for received, key in sorted(urgent):
        before = arrivals.setdefault(key.source, [])
        if len(before) - bisect_right(before, received - rules.flood_within) >= rules.flood_count:
            found.add(key)
        before.append(received)
    return frozenset(found)
