"""The style sheet of the slides: each kind's own file, one after the other; served as css/slides.css by the pages."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def style_files() -> tuple[Path, ...]:
    """Every kind's sheet, the shared ones first, because the others refine them."""
    shared = (FOLDER / "shared/style.css", FOLDER / "shared/figure.css")
    return (*shared, *sorted((FOLDER / "kinds").glob("*/style.css")))


def stylesheet() -> str:
    """The text of css/slides.css."""
    return "\n".join(path.read_text(encoding="utf-8") for path in style_files())
