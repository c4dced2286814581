"""Judges a document: live, draft for an editor, refused or not for the public; called by `lifecycle`, desk, store."""

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
    """The judgement of a document by itself, whatever other documents say.

    ``state`` is "live" (may be shown), "draft" (an editor decides), "refused" (its signature is broken) or "ignored"
    (not for the public). ``reasons`` say why it is a draft or refused. ``trusted``: it is surely its source's own
    word, so that it may end alarms without an editor. ``rank`` is `REAL`, or 1 if its words name a test or drill, or
    0 for a declared drill: no document ends one of a higher rank. ``urgent``: it has the level "urgent" at some time.
    """

    state: State
    reasons: tuple[Reason, ...] = ()
    trusted: bool = False
    rank: int = REAL
    urgent: bool = False


IGNORED = Standing("ignored")


def standing_of(alert: Alert, rules: AlertRules) -> Standing:
    """Returns the judgement of a document by itself. `flooded` and the document's place may also make it a draft."""
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
    """True if the document is for the public and is real or, where ``rules`` allow, a drill.

    A missing scope means the public. Acknowledgements and errors (CAP's Ack, Error) are not for the public.
    """
    status = alert.status in ("Actual", "") or (alert.status == "Exercise" and rules.exercises)
    return status and alert.scope in ("Public", "") and alert.kind not in ("Ack", "Error") and rules.alerts != "none"


def _is_signed(alert: Alert, rules: AlertRules) -> bool:
    return rules.certificate and alert.signature == "valid"


def _signature_reason(alert: Alert, rules: AlertRules) -> Reason | None:
    """Returns why the signature makes the document a draft; None if it does not.

    Without a configured certificate only a broken signature counts.
    """
    if alert.signature == "broken":
        return "broken-signature"
    if not rules.certificate or alert.signature == "valid":
        return None
    return "weak-signature" if alert.signature == "weak" else "no-signature"


def takes_down(alert: Alert) -> bool:
    """True for a document that only ends a danger: a Cancel, or one whose infos all say that the danger is over."""
    return alert.kind == "Cancel" or (bool(alert.infos) and all(tells_the_end(alert, info) for info in alert.infos))


def flooded(urgent: Iterable[tuple[datetime, Key]], rules: AlertRules) -> frozenset[Key]:
    """Returns the urgent documents that their source sent in a flood: an editor has to decide on them.

    These arrived after ``flood_count`` or more other urgent documents of their source within ``flood_within``.
    ``urgent`` has (arrival, document). Arrivals count because an urgent document fills the screens when it arrives.
    Those that were held back count, too: while a flood lasts, all urgent documents of the source wait for an editor.
    """
    found: set[Key] = set()
    arrivals: dict[str, list[datetime]] = {}
    for received, key in sorted(urgent):
        before = arrivals.setdefault(key.source, [])
        if len(before) - bisect_right(before, received - rules.flood_within) >= rules.flood_count:
            found.add(key)
        before.append(received)
    return frozenset(found)
