"""What a screen fetches before its first slide, compressed as a server in front would; `make bench`."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

from playwright.sync_api import Response, sync_playwright

from bench._figures import table
from tests.browser.glass import VISIBLE, Glass, chromium
from tests.station import Station, config_text

BOARD = "hoi-truong"
LIMIT = 150.0


def run() -> str:
    answers: list[Response] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        station = Station.of(Path(folder), config_text([BOARD])).start(worker=False)
        try:
            station.announce(BOARD, "Tin số 1", station.now(BOARD))
            with chromium(driver.chromium, Path(folder, "profile")) as context:
                page = context.pages[0]
                page.on("response", lambda answer: answers.append(answer))
                Glass(page, station, BOARD).open().wait_for(VISIBLE)
                page.wait_for_timeout(1_000)
                # What the page asked for itself: the offline worker fetches the whole shell behind it.
                weights = [_weight(one) for one in answers if one.request.service_worker is None]
        finally:
            station.close()
    rows = [
        [kind, len(found), sum(found)]
        for kind in ("page", "style", "script", "font", "other")
        if (found := [size for name, size in weights if name == kind])
    ]
    total = sum(size for _, size in weights)
    rows.append([f"all (limit {LIMIT:g})", len(weights), total])
    return "## What a screen fetches before its first slide, KiB compressed\n\n" + table(("", "files", "KiB"), rows)


def _weight(answer: Response) -> tuple[str, float]:
    """Kind and KiB: text by gzip, fonts as they are."""
    body = answer.body()
    kinds = {"document": "page", "stylesheet": "style", "script": "script", "font": "font"}
    kind = kinds.get(answer.request.resource_type, "other")
    return kind, len(body if kind == "font" else gzip.compress(body, 6)) / 1024


if __name__ == "__main__":
    print(run())
