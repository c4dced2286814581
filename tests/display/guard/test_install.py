"""deploy/kiosk-install.sh: its dry run, and the arguments that it refuses."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.paths import ROOT

SCRIPT = ROOT / "deploy/kiosk-install.sh"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", str(SCRIPT), *arguments], capture_output=True, text=True, check=False, timeout=60)


def test_a_dry_run_installs_all_that_the_guard_imports_and_changes_nothing() -> None:
    said = run("https://bangtin.example.vn/screen", "--user", "man-hinh", "--dry-run")
    assert said.returncode == 0, said.stderr
    guard = (ROOT / "display/guard/guard.py").read_text(encoding="utf-8")
    modules = re.findall(r"^from display\.guard\.(\w+) import", guard, re.MULTILINE)
    assert modules
    for module in ["__init__", "guard/__init__", "guard/guard", *(f"guard/{name}" for name in modules)]:
        assert f"/opt/bangtin-screen/display/{module}.py" in said.stdout
    assert "useradd --create-home --shell /bin/bash man-hinh" in said.stdout
    assert subprocess.run(["id", "man-hinh"], capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("screen",),
        ("https://bangtin.example.vn/screen", "--user"),
        ("https://bangtin.example.vn/screen", "--user", "root;id"),
        ("https://bangtin.example.vn/screen;reboot", "--dry-run"),
        ("https://bangtin.example.vn/screen\nExecStartPre=/bin/false", "--dry-run"),
    ],
)
def test_what_could_be_misread_is_refused(arguments: tuple[str, ...]) -> None:
    said = run(*arguments)
    assert said.returncode == 2
    assert "+" not in said.stdout


def test_systemd_hears_the_guard_and_the_kiosk_waits_for_no_network() -> None:
    """The unit has no PAMName: with it the guard would run in the control group of a session.

    systemd would then ignore the guard's notifications.
    """
    script = SCRIPT.read_text(encoding="utf-8")
    unit = script.partition('write "$UNIT" <<UNIT\n')[2].partition("\nUNIT\n")[0]
    assert {"Type=notify", "NotifyAccess=all", "WatchdogSec=60", "Restart=always", "StartLimitIntervalSec=0"} <= {
        *unit.splitlines()
    }
    assert "PAMName" not in unit
    assert "network-online" not in unit
    assert "Conflicts=getty@tty1.service display-manager.service" in unit


def test_a_screens_user_is_not_the_servers() -> None:
    said = run("https://bangtin.example.vn/screen", "--dry-run")
    assert "useradd --create-home --shell /bin/bash bangtin-screen" in said.stdout
