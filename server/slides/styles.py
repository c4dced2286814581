"""Joins the style sheets of all kinds to css/slides.css; called by the asset handlers of live and desk."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def style_files() -> tuple[Path, ...]:
    """The sheets in order: the shared ones first, because those of the kinds override them."""
    shared = (FOLDER / "shared/style.css", FOLDER / "shared/figure.css")
    return (*shared, *sorted((FOLDER / "kinds").glob("*/style.css")))


def stylesheet() -> str:
    """The text of css/slides.css."""
    return "\n".join(path.read_text(encoding="utf-8") for path in style_files())
