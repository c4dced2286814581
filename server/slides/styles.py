"""Joins the style sheets of all kinds to css/slides.css; called by the asset handlers of server and desk."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def style_files() -> tuple[Path, ...]:
    """The style sheets in order: the shared ones, then for each kind its style.css and then its other ones.

    The order matters: among CSS rules with the same specificity, the last one applies.
    """
    shared = tuple(FOLDER / "shared" / name for name in ("style.css", "pages.css", "figure.css"))
    kinds = sorted((FOLDER / "kinds").glob("*/*.css"), key=lambda path: (path.parent, path.name != "style.css", path))
    return (*shared, *kinds)


def stylesheet() -> str:
    """Returns the text that is served as css/slides.css: all `style_files`, joined in their order."""
    return "\n".join(path.read_text(encoding="utf-8") for path in style_files())
