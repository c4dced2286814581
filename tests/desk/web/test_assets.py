"""Assets: an assembled style sheet has all its parts in order, files are compressed, text does not wait for fonts."""

from __future__ import annotations

import gzip
import re

import pytest

from server.desk.web import assets
from tests.desk.office import Office


@pytest.mark.parametrize(
    ("feature", "sheet", "elsewhere"),
    [("web", "desk", {"auth": "login", "announcements": "library"}), ("announcements", "announcements", {})],
)
def test_an_assembled_sheet_contains_every_sheet_of_its_folder_in_order(
    feature: str, sheet: str, elsewhere: dict[str, str]
) -> None:
    folder = assets.DESK / feature / "static" / sheet
    order = re.findall(r'@import url\("([\w.-]+)\.css"\);', (folder / f"{sheet}.css").read_text(encoding="utf-8"))
    files = {path.stem: path for path in folder.iterdir() if path.stem != sheet}
    files |= {name: assets.DESK / other / "static" / f"{name}.css" for other, name in elsewhere.items()}
    assert set(files) == set(order)
    whole = assets.load().files[f"{sheet}.css"].decode()
    starts = [whole.index(files[name].read_text(encoding="utf-8")) for name in order]
    assert starts == sorted(starts)
    assert "@import" not in whole


def test_assets_are_compressed_and_text_does_not_wait_for_fonts(office: Office) -> None:
    files = assets.load()
    address = f"/desk/assets/{files.build}"
    client = office.browser().client
    packed = client.get(f"{address}/vendor/htmx.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == files.files["vendor/htmx.js"]
    assert b"font-display: block" not in files.files["css/fonts.css"]
    assert b"font-display: swap" in files.files["css/fonts.css"]
    assert b"@import" not in files.files["css/board.css"]
