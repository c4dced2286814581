"""SVG plots for docs/performance.md; called by ``draw`` of bench/fanout.py and scaling.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

COLOURS = {"bare": "#6b7280", "node": "#3c873a", "stock": "#b45309", "direct": "#b91c1c", "plain": "#f59e0b"}
_IN_TURN = ("#b91c1c", "#1d4ed8", "#3c873a", "#b45309", "#7c3aed")
_GREY = "#6b7280"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a plot: its name in the legend and its points (x, y); ``style`` is a matplotlib format string."""

    name: str
    colour: str
    points: Sequence[tuple[float, float]]
    style: str = "o-"


def fanout(found: Sequence[Any], names: dict[str, str], folder: Path) -> list[Path]:
    """Plots last arrival, CPU time and memory over the number of clients, as three SVG files in ``folder``.

    ``found`` are the ``Figures`` of bench/fanout.py; ``names`` maps a server's key to its name in the legend.
    Returns the files.
    """
    views: list[tuple[str, str, Callable[[Any], float], bool]] = [
        ("last", "the last client has it after, ms", lambda one: median(one.last) * 1000, True),
        ("cpu", "processor a client and message, µs", lambda one: one.cpu * 1e6, False),
        ("memory", "server memory a client, KiB", lambda one: one.kib, False),
    ]
    drawn = []
    for view, label, value, log in views:
        lines = [
            _Line(names[peer], COLOURS[peer], [(one.count, value(one)) for one in found if one.peer == peer])
            for peer in dict.fromkeys(one.peer for one in found)
        ]
        drawn.append(
            _draw(lines, folder / f"fanout-{view}.svg", "clients of one room", label, base=10 if log else None)
        )
    return drawn


def growth(of: str, found: Mapping[int, Mapping[str, float]], file: Path) -> Path:
    """Plots by what factor each value grows with the count of ``of`` ("boards"), and linear growth for comparison.

    ``found`` maps a count to values by name. Writes the plot to ``file`` and returns it.
    """
    counts = list(found)
    first = counts[0]
    names = [name for name, low in found[first].items() if low > 0]
    lines = [_Line("in proportion", _GREY, [(count, count / first) for count in counts], "--")]
    for name, colour in zip(names, _IN_TURN, strict=False):
        low = found[first][name]
        points = [(count, found[count][name] / low) for count in counts if found[count][name] > 0]
        lines.append(_Line(f"{name} ({low:.2g})", colour, points))
    return _draw(lines, file, of, f"times what it is with {first:,} {of}", base=2)


def _draw(lines: Sequence[_Line], file: Path, across: str, up: str, *, base: int | None) -> Path:
    """Draws the lines with matplotlib, writes them to ``file`` as SVG and returns it.

    ``base`` is the base of a logarithmic y axis, None for a linear one; the x axis is always logarithmic.
    """
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    file.parent.mkdir(parents=True, exist_ok=True)
    figure, axes = pyplot.subplots(figsize=(7, 4))
    for line in lines:
        axes.plot(*zip(*line.points, strict=True), line.style, color=line.colour, label=line.name)
    axes.set_xscale("log")
    if base:
        axes.set_yscale("log", base=base)
        axes.yaxis.set_major_formatter("{x:g}")
    counts = sorted({x for line in lines for x, _ in line.points})
    axes.set_xticks(counts, [f"{count:,}" for count in counts])
    axes.minorticks_off()
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid(visible=True, alpha=0.3)
    axes.legend(frameon=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.tight_layout()
    figure.savefig(file)
    pyplot.close(figure)
    return file
