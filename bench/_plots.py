"""Pictures of the fan-out's figures for docs/performance.md; called by bench/__main__.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

COLOURS = {"bare": "#6b7280", "node": "#3c873a", "stock": "#b45309", "direct": "#b91c1c", "plain": "#f59e0b"}


def fanout(found: Sequence[Any], names: dict[str, str], folder: Path) -> list[Path]:
    """Draws what a message costs over the number of clients; gives the files, SVG."""
    import matplotlib as mpl

    mpl.use("svg")
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    views: list[tuple[str, str, Callable[[Any], float], bool]] = [
        ("last", "the last client has it after, ms", lambda one: median(one.last) * 1000, True),
        ("cpu", "processor a client and message, µs", lambda one: one.cpu * 1e6, False),
        ("memory", "server memory a client, KiB", lambda one: one.kib, False),
    ]
    for view, label, value, log in views:
        drawn.append(_draw(found, names, folder / f"fanout-{view}.svg", label, value, log=log))
    return drawn


def _draw(
    found: Sequence[Any], names: dict[str, str], file: Path, label: str, value: Callable[[Any], float], *, log: bool
) -> Path:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4))
    for peer in dict.fromkeys(one.peer for one in found):
        mine = [one for one in found if one.peer == peer]
        axes.plot(
            [one.count for one in mine], [value(one) for one in mine], "o-", color=COLOURS[peer], label=names[peer]
        )
    axes.set_xscale("log")
    if log:
        axes.set_yscale("log")
    counts = sorted({one.count for one in found})
    axes.set_xticks(counts, [f"{count:,}" for count in counts])
    axes.minorticks_off()
    axes.set_xlabel("clients of one room")
    axes.set_ylabel(label)
    axes.grid(visible=True, alpha=0.3)
    axes.legend(frameon=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.tight_layout()
    figure.savefig(file)
    pyplot.close(figure)
    return file
