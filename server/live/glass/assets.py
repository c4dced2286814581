"""Loads the scripts, stylesheets and fonts of the page that screens show; called by processes.server.

Only the files that ``load`` selects are served. npm packages are not part of the repository: socket.io-client and the
font are read from node_modules, where `make setup` installs them.
"""

from __future__ import annotations

import re
from pathlib import Path

from server.setup.errors import SetupError
from server.slides import styles
from server.static_files import Assets, joined, unreadable_text

ROOT = Path(__file__).parents[3]
# The stylesheets that templates link to. Each is served with the text of the sheets that it imports.
_SHEETS = ("board.css", "fonts.css", "index.css", "list.css", "pairing.css")
_SOCKET_IO = "socket.io-client/dist/socket.io.esm.min.js"
_FONTS = "@fontsource/be-vietnam-pro/files"


def load(root: Path = ROOT) -> Assets:
    """Reads all files into memory. Raises SetupError, with a Vietnamese text, if one of them cannot be read."""
    try:
        return _load(root)
    except OSError as error:
        raise SetupError(unreadable_text(error, "màn hình")) from error


def _load(root: Path) -> Assets:
    display, packages = root / "display", root / "node_modules"
    found = {
        path.relative_to(display).as_posix(): path for path in display.rglob("*.js") if path.name != "offline.js"
    }
    found |= {f"css/{name}": display / "css" / name for name in _SHEETS}
    fonts = re.findall(r"\.\./fonts/([a-z0-9-]+\.woff2)", (display / "css/fonts.css").read_text(encoding="utf-8"))
    found |= {f"fonts/{name}": packages / _FONTS / name for name in sorted(set(fonts))}
    found["vendor/socket.io.esm.min.js"] = packages / _SOCKET_IO
    files: dict[str, bytes] = {"css/slides.css": styles.stylesheet().encode()}
    for name, path in found.items():
        files[name] = joined(path).encode() if name.startswith("css/") else path.read_bytes()
    # The service worker's address does not contain the build, but its content is part of the build's checksum.
    files["offline.js"] = (display / "offline.js").read_bytes()
    return Assets.of(files)
