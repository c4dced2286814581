"""The desk's own sheet is put together of every file that is meant for it, in the order in which they refine."""

from __future__ import annotations

from server.desk import assets


def test_every_sheet_of_the_folder_is_in_the_one_that_pages_name() -> None:
    names = {path.stem for path in (assets.STATIC / "desk").iterdir()}
    assert names == set(assets.SHEETS)
    whole = assets.load().files["desk.css"].decode()
    starts = [whole.index((assets.STATIC / f"desk/{name}.css").read_text(encoding="utf-8")) for name in assets.SHEETS]
    assert starts == sorted(starts)
