"""Edge cases of the numbers of a hall's counters; read by tests and the design gallery."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from server.core.model import MOST_COUNTERS, Counter, NowServing

_AT = datetime(2026, 3, 9, 0, 30, tzinfo=UTC)
_SERVICES = (
    "Hộ tịch, chứng thực", "Đất đai", "Đăng ký kinh doanh", "Lao động, người có công", "Xây dựng", "Bảo trợ xã hội",
)  # fmt: skip


def serving(*counters: Counter) -> NowServing:
    """Returns the NowServing of a hall with these counters, reported at a fixed time."""
    return NowServing("mot-cua", counters, _AT, _AT + timedelta(minutes=10), 1)


USUAL = serving(
    Counter("1", "Hộ tịch, chứng thực", "A105", ("A106", "A107", "A108")),
    Counter("2", "Đất đai", "B031", ("B032", "B033")),
    Counter("3", "Đăng ký kinh doanh", "", (), "Tạm nghỉ đến 14:00"),
)
BARE = serving(*(Counter(f"{at}", "", f"{104 + at}") for at in range(1, 4)))
MANY = serving(
    *(
        Counter(
            f"{at + 1}", _SERVICES[at % 6], f"{100 + 7 * at}", tuple(f"{101 + 7 * at + n}" for n in range(at % 4))
        )
        for at in range(8)
    )
)
LONGEST = serving(
    *(
        Counter(
            f"TN{at:02}",
            "Giải quyết việc làm, Ẫm Ộng"[:28],
            f"ĐB-{at:03}",
            tuple(f"ĐB-{at}{n:02}"[:6] for n in range(5)),
        )
        for at in range(MOST_COUNTERS)
    )
)

ITEMS = {"usual": USUAL, "bare": BARE, "many": MANY, "longest": LONGEST}
