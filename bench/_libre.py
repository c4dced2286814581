"""LibreSignage 0.9.0 on waitress, for comparison; started by bench/peers.py in a virtual environment of its own.

Arguments: a folder for its data, the number of screens. Prints ``{"port": …, "screens": [[slug, token], …]}``. The
line "go" on standard input stores an emergency message for every screen, "clear" removes it. After each it prints
"sent NS", the monotonic time in nanoseconds at which the change was stored.
"""

from __future__ import annotations

import json
import logging
import secrets
import socket
import sys
import threading
from pathlib import Path
from time import monotonic_ns

from libresignage import create_app
from libresignage.dashboard import store
from waitress.server import create_server

TITLE = "Bão số 1 đổ bộ chiều nay"
_THREADS = 8


def main(folder: Path, count: int) -> None:
    logging.getLogger("waitress.queue").setLevel(
        logging.ERROR
    )  # it warns of waiting requests, which are measured here
    app = create_app(
        {
            "SECRET_KEY": secrets.token_hex(),
            "DATABASE": folder / "libresignage.sqlite",
            "UPLOAD_FOLDER": folder / "uploads",
            "SNAPSHOT_FOLDER": folder / "snapshots",
        },
        config_name="production",
    )
    with app.app_context():
        slugs = [f"man-hinh-{n}" for n in range(count)]
        made = {slug: store.create_screen(name=slug, slug=slug) for slug in slugs}
        screens = [(slug, store.get_screen_token(number)) for slug, number in made.items()]
    listener = socket.create_server(("127.0.0.1", 0))
    server = create_server(
        app, sockets=[listener], threads=_THREADS, connection_limit=count + 100, channel_timeout=600
    )
    threading.Thread(target=server.run, daemon=True).start()
    print(json.dumps({"port": listener.getsockname()[1], "screens": screens}), flush=True)
    raised = 0
    for line in sys.stdin:
        with app.app_context():
            if line.strip() == "go":
                raised = store.create_emergency_override(
                    title=TITLE, message="Không ra đường", severity="critical", screen_ids=list(made.values())
                )
            else:
                store.clear_emergency_override(raised)
        print("sent", monotonic_ns(), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
