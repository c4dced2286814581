"""The systemd units: systemd reports no fault in them, and each has the limits that it must have."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.paths import ROOT

UNITS = sorted((ROOT / "deploy").glob("*.service"))
HIGHEST_EXPOSURE = 2.0
BOUNDS = {
    "MemoryMax", "TasksMax", "LimitNOFILE", "OOMPolicy", "NoNewPrivileges", "CapabilityBoundingSet", "ProtectSystem",
    "ProtectHome", "PrivateTmp", "PrivateDevices", "SystemCallFilter", "RestrictAddressFamilies", "UMask",
}  # fmt: skip
ANALYZE = shutil.which("systemd-analyze")


def settings(unit: Path) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z]+)=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE))


def analyze(*arguments: str) -> str:
    assert ANALYZE is not None, "systemd-analyze is missing: apt install systemd (deploy/test-tools.sh does it)"
    done = subprocess.run(
        [ANALYZE, *arguments], capture_output=True, text=True, check=False, timeout=60, env={"PATH": "/usr/bin:/bin"}
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_bounded_and_systemd_rates_it_low(unit: Path) -> None:
    found = settings(unit)
    assert set(found) >= BOUNDS
    assert found["ProtectSystem"] == "strict"
    # If the kernel kills one process for lack of memory, systemd must not stop the others, as it does by default.
    assert found["OOMPolicy"] == "continue"
    said = analyze("security", "--offline=true", str(unit))
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert level is not None, said
    assert float(level[1]) <= HIGHEST_EXPOSURE


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    """systemd checks that the programs exist, so the installation's paths are replaced by those of this checkout."""
    for unit in UNITS:
        text = (
            unit.read_text(encoding="utf-8").replace("/opt/bangtin", str(ROOT)).replace("User=bangtin", "User=root")
        )
        (tmp_path / unit.name).write_text(text.replace("Group=bangtin", "Group=root"), encoding="utf-8")
    # A template unit is verified as one of its instances.
    names = [str(tmp_path / unit.name.replace("@.", "@8081.")) for unit in UNITS]
    said = analyze("verify", "--man=no", *names)
    ours = [line for line in said.splitlines() if "bangtin" in line.split(":", 1)[0]]
    assert ours == []
