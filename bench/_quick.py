"""The real server, but with slides that last two seconds; started as a process by bench/flips.py.

200 changes of slide then take seven minutes instead of half an hour. Nothing else differs from `run.py serve`.
"""

from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402 - after the patch, as in run.py
import os  # noqa: E402
import sys  # noqa: E402
from dataclasses import replace  # noqa: E402
from datetime import UTC, datetime  # noqa: E402
from pathlib import Path  # noqa: E402

import gevent.event  # noqa: E402

from server.core.model import Announcement, Format, Slide  # noqa: E402
from server.live.sockets.wsgi_server import listen  # noqa: E402
from server.processes.server import assemble  # noqa: E402
from server.setup.config_file import load  # noqa: E402
from server.slides.render import Renderer  # noqa: E402

DWELL = 2_000


class ShortDwell(Renderer):
    """Renders as the product does, but the slides of announcements last only ``DWELL`` ms."""

    def announcement(
        self, announcement: Announcement, *, area_name: str, zone: str, format: Format
    ) -> tuple[Slide, ...]:
        made = super().announcement(announcement, area_name=area_name, zone=zone, format=format)
        return tuple(replace(slide, dwell=DWELL) for slide in made)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--config", type=Path)
    options.add_argument("--data", type=Path)
    options.add_argument("--port", type=int)
    options.add_argument("command")
    given = options.parse_args()
    given.data.mkdir(parents=True, exist_ok=True)
    listener = listen("127.0.0.1", given.port)
    app = assemble(load(given.config, os.environ), given.data, lambda: datetime.now(UTC), maker=ShortDwell())
    print(f"(running): http://localhost:{listener.getsockname()[1]}/")
    sys.stdout.flush()
    app.serve(listener, gevent.event.Event())


if __name__ == "__main__":
    main()
