"""Starts Chromium for the tests, the benchmarks and the scripts that take pictures, always with the same flags.

Playwright allows one driver per thread, so all tests of a process share one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserType, expect, sync_playwright

from tests.station import PATIENCE

# The full browser of a kiosk: for the guard's tests, long runs, benchmarks and pictures.
CHROMIUM = "/usr/bin/chromium"
# For `make test`: the same engine without windows, in half the CPU time. `make soak` and the long suites set another.
TEST_CHROMIUM = os.environ.get("TEST_CHROMIUM", "/usr/bin/chromium-headless-shell")
# How long Playwright waits for what should be on a page.
MILLISECONDS = round(PATIENCE * 1000)
FLAGS = (
    "--disable-gpu",
    # By default the headless shell hints glyphs, and so draws accents a pixel higher than a kiosk does.
    "--font-render-hinting=none",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launch(driver: BrowserType, program: str = CHROMIUM) -> Browser:
    """Starts a headless Chromium, which the caller closes. Its pages wait for a busy machine, as `expect` does."""
    made = driver.launch(executable_path=program, args=list(FLAGS), chromium_sandbox=False)
    made.on("context", lambda context: context.set_default_timeout(MILLISECONDS))
    return made


expect.set_options(timeout=MILLISECONDS)


@pytest.fixture(scope="session")
def driver() -> Iterator[BrowserType]:
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def browser(driver: BrowserType) -> Iterator[Browser]:
    """The browser that all tests of a process share; each test opens a context or page of its own and closes it."""
    made = launch(driver, TEST_CHROMIUM)
    yield made
    made.close()
