"""The desk's own sheet is put together of every file that is meant for it, in the order in which they refine.

And what its pages fetch is made for slow lines.
"""

from __future__ import annotations

import gzip

from server.desk import assets
from tests.desk.office import Office


def test_every_sheet_of_the_folder_is_in_the_one_that_pages_name() -> None:
    names = {path.stem for path in (assets.STATIC / "desk").iterdir()}
    assert names == set(assets.SHEETS)
    whole = assets.load().files["desk.css"].decode()
    starts = [whole.index((assets.STATIC / f"desk/{name}.css").read_text(encoding="utf-8")) for name in assets.SHEETS]
    assert starts == sorted(starts)


def test_its_files_go_in_gzip_and_no_letter_waits_for_its_font(office: Office) -> None:
    files = assets.load()
    address = f"/desk/assets/{files.build}"
    client = office.browser().client
    packed = client.get(f"{address}/vendor/htmx.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == files.files["vendor/htmx.js"]
    assert b"font-display: block" not in files.files["css/fonts.css"]
    assert b"font-display: swap" in files.files["css/fonts.css"]
    assert b"@import" not in files.files["css/board.css"]
