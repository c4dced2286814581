"""The browser policy of deploy/kiosk-install.sh in a real Chromium: which pages open; the guard can still control it.

Chromium reads policies from /etc/chromium only. Each browser here gets an /etc/chromium of its own by a mount
namespace, which needs root or unprivileged user namespaces.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from display.guard.chromium import Chromium
from tests.display.guard.web_host import FLAGS, Host
from tests.paths import ROOT
from tests.station import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
SCRIPT = (ROOT / "deploy/kiosk-install.sh").read_text(encoding="utf-8")


def policy(origin: str) -> str:
    return SCRIPT.partition("<<POLICY\n")[2].partition("\nPOLICY\n")[0].replace("$ORIGIN", origin)


@pytest.fixture
def browser(host: Host, tmp_path: Path) -> Iterator[Chromium]:
    """The guard's browser, with the policy installed in its own /etc/chromium."""
    etc = tmp_path / "etc/policies/managed"
    etc.mkdir(parents=True)
    origin = host.address.removesuffix("/board/thu")
    (etc / "bangtin-screen.json").write_text(policy(origin), encoding="utf-8")
    program = tmp_path / "chromium"
    inside = f'mount --bind {tmp_path}/etc /etc/chromium && exec {shutil.which("chromium")} "$@"'
    program.write_text(
        f"#!/bin/sh\nexec unshare --mount --map-root-user sh -c '{inside}' sh \"$@\"\n", encoding="utf-8"
    )
    program.chmod(0o755)
    allowed = subprocess.run(["unshare", "--mount", "--map-root-user", "true"], check=False, timeout=30)
    assert allowed.returncode == 0, "mount namespaces are missing: run as root, or allow unprivileged user namespaces"
    made = Chromium(str(program), tmp_path / "profile", host.address, FLAGS[:-1])
    made.start()
    yield made
    made.end()


def shows(browser: Chromium, address: str) -> bool:
    return str(browser.ask("location.href", 10)).startswith(address)


def test_the_policy_is_json_and_the_script_fills_in_the_servers_origin() -> None:
    found = json.loads(policy("https://bangtin.example.vn"))
    assert found["URLAllowlist"] == ["https://bangtin.example.vn", "data:*"]
    said = subprocess.run(
        ["sh", "-x", str(ROOT / "deploy/kiosk-install.sh"), "https://bangtin.example.vn:8443/screen", "--dry-run"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "ORIGIN=https://bangtin.example.vn:8443\n" in said.stderr


def test_the_board_opens_and_neither_tools_nor_settings_nor_files_nor_other_sites(
    host: Host, browser: Chromium
) -> None:
    until(lambda: host.loads >= 1, "the board")
    other = Host()
    refused = (
        "devtools://devtools/bundled/devtools_app.html", "chrome://settings/", "chrome://inspect/", "file:///etc/passwd",
        f"view-source:{host.address}", other.address,
    )  # fmt: skip
    shown = {}
    for address in refused:
        browser.load(address, 10)
        until(lambda: browser.ask("document.readyState", 10) == "complete", "the page has loaded")
        shown[address] = str(browser.ask("location.href", 10))
    assert {address: at for address, at in shown.items() if not at.startswith("chrome-error:")} == {}
    assert other.loads == 0
    other.close()
    for address in ("data:text/html,<p>waiting", host.address):
        browser.load(address, 10)
        until(partial(shows, browser, address), address)
    assert browser.screenshot(10).startswith(b"\x89PNG")
