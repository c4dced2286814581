"""Starts Chromium for the tests, the benchmarks and the scripts that take pictures, always with the same flags.

Playwright allows one driver per thread, so all tests of a process share one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserType, sync_playwright

# The full browser of a kiosk: for the guard's tests, long runs, benchmarks and pictures.
CHROMIUM = "/usr/bin/chromium"
# For `make test`: the same engine without windows, in half the CPU time. `make soak` and the long suites set another.
TEST_CHROMIUM = os.environ.get("TEST_CHROMIUM", "/usr/bin/chromium-headless-shell")
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
    """Starts a headless Chromium, which the caller closes."""
    return driver.launch(executable_path=program, args=list(FLAGS), chromium_sandbox=False)


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
