"""One Playwright driver and one headless Chromium per test process; offered by tests/conftest.py.

Playwright allows one driver per thread, so no test starts another one.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserType, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def driver() -> Iterator[BrowserType]:
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def browser(driver: BrowserType) -> Iterator[Browser]:
    """Shared by all tests of a process, so each opens its own context or page and closes it."""
    made = driver.launch(executable_path=CHROMIUM, args=list(FLAGS), chromium_sandbox=False)
    yield made
    made.close()
