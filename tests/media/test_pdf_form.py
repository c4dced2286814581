"""Form fields, stamps and visible signatures of a PDF are drawn as other PDF readers draw them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from feeds.errors import ParseError
from server.media.importer import file_sandbox, import_file
from tests.media import made


def inked(path: Path, tmp_path: Path) -> tuple[str, dict[str, bool]]:
    """Imports a PDF made by ``pdf_form``; returns the page's alternative text, and part -> is it drawn."""
    folder = tmp_path / "media"
    folder.mkdir()
    with closing(file_sandbox()) as sandbox:
        (page,) = import_file(path, folder=folder, sandbox=sandbox).attachments
    places = {
        "stamp": (50, 100, 130, 180), "signature": (450, 100, 530, 180), "field": (50, 500, 250, 524),
        "box": (50, 400, 80, 430), "hidden": (300, 600, 380, 680),
    }  # fmt: skip
    with Image.open(folder / f"{page.hash}.webp") as image:
        scale = image.width / made.A4[0]
        found = {}
        for name, (left, bottom, right, top) in places.items():
            edges = (left * scale, (made.A4[1] - top) * scale, right * scale, (made.A4[1] - bottom) * scale)
            found[name] = min(image.convert("L").crop(edges).tobytes()) < 128
    return page.alt, found


@pytest.mark.parametrize(
    ("listed", "appearance"), [(True, True), (True, False), (False, True)], ids=["usual", "undrawn", "unlisted"]
)
def test_fields_and_signatures_are_drawn_and_hidden_fields_are_not(
    tmp_path: Path, listed: bool, appearance: bool
) -> None:
    path = made.pdf_form(tmp_path / "a.pdf", listed=listed, appearance=appearance)
    alt, drawn = inked(path, tmp_path)
    assert drawn == {"stamp": True, "signature": True, "field": True, "box": True, "hidden": False}
    assert "Ba B, 05/12/2026" in alt
    assert "khong ai thay" not in alt


def test_a_form_that_is_a_program_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = made.pdf_form(tmp_path / "a.pdf", dynamic=True)
    with pytest.raises(ParseError, match="XFA"):
        inked(path, tmp_path)


@pytest.mark.parametrize("hidden", [True, False])
def test_a_hidden_layer_is_neither_drawn_nor_told(tmp_path: Path, hidden: bool) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    path = made.pdf_with_layers(tmp_path / "a.pdf", hidden=hidden)
    with closing(file_sandbox()) as sandbox:
        (page,) = import_file(path, folder=folder, sandbox=sandbox).attachments
    with Image.open(folder / f"{page.hash}.webp") as image:
        lower = image.convert("L").crop((20, image.height // 3, image.width - 20, image.height - 20))
        assert (min(lower.tobytes()) < 128) is not hidden
    assert page.alt == "Trang 1 trên 1: Cong khai"
