"""Assets: an assembled style sheet has all its parts in order, files are compressed, text does not wait for fonts."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from server.desk.web import assets
from server.live.glass import assets as glass_assets
from server.setup.errors import SetupError
from server.static_files import Assets
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


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder with copies of the files of the screens' page, and with the packages."""
    shutil.copytree(assets.ROOT / "display", tmp_path / "display")
    (tmp_path / "node_modules").symlink_to(assets.ROOT / "node_modules")
    return tmp_path


@pytest.mark.parametrize("load", [assets.load, glass_assets.load])
@pytest.mark.parametrize("name", ["display/css/fonts.css", "display/css/board.css"])
def test_a_file_that_cannot_be_read_is_named_with_the_way_out(
    load: Callable[[Path], Assets], name: str, copied: Path
) -> None:
    (copied / name).unlink()
    with pytest.raises(SetupError, match=f"Thiếu tệp {copied / name} .*make setup"):
        load(copied)
    (copied / name).mkdir()  # reading it fails for every user, root included
    with pytest.raises(SetupError, match=f"Không đọc được tệp {copied / name} .*quyền đọc"):
        load(copied)


@pytest.mark.parametrize("load", [assets.load, glass_assets.load])
def test_without_packages_the_way_out_is_the_setup(load: Callable[[Path], Assets], copied: Path) -> None:
    (copied / "node_modules").unlink()
    with pytest.raises(SetupError, match=r"Thiếu tệp .*/node_modules/.*make setup"):
        load(copied)


def test_the_service_worker_is_needed_too(copied: Path) -> None:
    (copied / "display/offline.js").unlink()
    with pytest.raises(SetupError, match=r"Thiếu tệp .*offline\.js"):
        glass_assets.load(copied)
