"""The result of a simulation: counts, times, and breaches of protocol rules; filled by crowd and screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_EXAMPLES = 20


@dataclass(slots=True)
class Report:
    """What the simulated screens have counted and measured together.

    ``counts`` maps each kind of event to how often it happened, ``broken`` maps each broken rule to the number of its
    breaches; ``examples`` describe the first breaches. ``round_trips`` are the seconds from each `sync` to its reply,
    ``connecting`` the seconds from the start of each connection until the board's state has arrived. ``arrivals``
    maps (board, notice's id) to the monotonic times in seconds at which the notice arrived at the board's screens.
    """

    counts: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    round_trips: list[float] = field(default_factory=list)
    connecting: list[float] = field(default_factory=list)
    # (board, notice's id) -> the monotonic time in seconds of its arrival at each of the board's screens.
    arrivals: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def breach(self, rule: str, example: str) -> None:
        """Counts a breach of ``rule``. ``example`` describes it; the first MOST_EXAMPLES descriptions are kept."""
        self.broken[rule] += 1
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(f"{rule}: {example}")

    def lines(self) -> list[str]:
        """The report as lines of Vietnamese text for the console."""
        counts = self.counts
        spreads = [max(times) - min(times) for times in self.arrivals.values()]
        found = [
            f"kết nối: {counts['connected']} lần, mất: {counts['lost']}, bị từ chối: {counts['refused']}",
            f"trạng thái: {counts['state']}, nhịp trang: {counts['slide']}, thân trang: {counts['slides']}",
            f"tin khẩn: {counts['notice']}, gỡ: {counts['clear']}",
            f"từ lúc nối đến trạng thái, ms: {_times(self.connecting)}",
            f"vòng hỏi giờ, ms: {_times(self.round_trips)}",
            f"từ màn hình đầu đến màn hình cuối có tin, ms: {_times(spreads)}",
        ]
        if not self.broken:
            return [*found, "không quy tắc nào bị vi phạm"]
        return [*found, *(f"VI PHẠM {rule}: {many}" for rule, many in self.broken.items()), *self.examples]


def _times(seconds: Sequence[float]) -> str:
    """The median, the 99th percentile and the maximum of ``seconds``, as text in milliseconds."""
    if not seconds:
        return "chưa có"
    ordered = sorted(seconds)
    shares = (("p50", 0.5), ("p99", 0.99), ("lớn nhất", 1.0))
    at = {name: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for name, share in shares}
    return ", ".join(f"{name} {value * 1000:.0f}" for name, value in at.items())
