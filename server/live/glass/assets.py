"""The files that a screen's page is made of, from an allow-list; loaded by processes.server for the glass pages.

Nothing of npm is committed: socket.io-client and the font are read from node_modules, where `make setup` put them.
"""

from __future__ import annotations

import re
from pathlib import Path

from server.setup.store_setup import SetupError
from server.slides import styles
from server.static_files import Assets, joined

ROOT = Path(__file__).parents[3]
# The stylesheets that pages name; board.css is served with all that it imports.
_SHEETS = ("board.css", "fonts.css", "index.css", "pairing.css")
_SOCKET_IO = "socket.io-client/dist/socket.io.esm.min.js"
_FONTS = "@fontsource/be-vietnam-pro/files"


def load(root: Path = ROOT) -> Assets:
    """Reads every file once. Raises SetupError."""
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
        try:
            files[name] = joined(path).encode() if name.startswith("css/") else path.read_bytes()
        except OSError as error:
            raise SetupError(f"Thiếu tệp {path.name} cho màn hình; hãy chạy: make setup") from error
    # Its address does not contain the build, but its content counts: a changed service worker makes a new build.
    files["offline.js"] = (display / "offline.js").read_bytes()
    return Assets.of(files)
