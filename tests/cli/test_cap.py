"""run.py cap: what is wrong with a document or an index, as sentences and an exit code; and the check of our key."""

from __future__ import annotations

import subprocess
import sys
from html import escape
from pathlib import Path

from tests.feeds.formats.cap.test_conformance import GOOD
from tests.paths import ROOT

INDEX = """<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x</id><title>x</title>{}</feed>"""
ENTRY = '<entry><id>{0}</id><title>{0}</title><link type="application/cap+xml" href="{0}"/></entry>'


def run(*words: str, data: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "run.py"), "--data", str(data), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False, text=True)


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_good_document_ends_with_0_and_a_wrong_one_with_1(tmp_path: Path) -> None:
    done = run("cap", written(tmp_path / "tot.cap", GOOD), data=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"✓ {tmp_path}/tot.cap (urn:x:1): tốt\n")
    done = run("cap", written(tmp_path / "sai.cap", GOOD.replace("Severe", "Nặng")), data=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith(f"✗ {tmp_path}/sai.cap (urn:x:1): có chỗ sai\n    alert/info/severity: “Nặng”")


def test_every_document_of_an_index_is_checked(tmp_path: Path) -> None:
    written(tmp_path / "tot.cap", GOOD)
    index = written(tmp_path / "canh-bao.atom", INDEX.format(ENTRY.format("tot.cap")))
    done = run("cap", index, data=tmp_path)
    assert (done.returncode, done.stdout.count("✓"), done.stdout.count("✗")) == (0, 2, 0)
    written(tmp_path / "sai.cap", GOOD.replace("<scope>Public</scope>", ""))
    entries = "".join(ENTRY.format(name) for name in ("tot.cap", "sai.cap", "khong-co.cap"))
    done = run("cap", written(tmp_path / "canh-bao.atom", INDEX.format(entries)), data=tmp_path)
    assert (done.returncode, done.stdout.count("✓"), done.stdout.count("✗")) == (1, 1, 2)
    assert "alert: thiếu scope." in done.stdout
    assert "Có mục không có liên kết dùng được." in done.stdout


def test_an_empty_index_is_no_fault(tmp_path: Path) -> None:
    done = run("cap", written(tmp_path / "canh-bao.atom", INDEX.format("")), data=tmp_path)
    assert (done.returncode, done.stderr) == (0, "Danh mục hiện không có cảnh báo nào.\n")


def test_a_damaged_alert_inside_an_index_is_a_fault_and_no_empty_index(tmp_path: Path) -> None:
    entry = f"<entry><id>1</id><title>1</title><content>{escape(GOOD[:200])}</content></entry>"
    index = written(tmp_path / "canh-bao.atom", INDEX.format(entry))
    done = run("cap", index, data=tmp_path)
    assert done.returncode == 1
    assert "Có cảnh báo nhúng trong tài liệu bị hỏng nên không đọc được." in done.stdout
    assert "hiện không có cảnh báo" not in done.stderr + run("read", index, data=tmp_path).stderr


def test_what_is_not_there_or_no_alert_ends_with_1(tmp_path: Path) -> None:
    done = run("cap", str(tmp_path / "khong-co.cap"), data=tmp_path)
    assert (done.returncode, "Không mở được tệp" in done.stderr) == (1, True)
    assert run("cap", written(tmp_path / "x.html", "<html><body>x</body></html>"), data=tmp_path).returncode == 1


def test_a_key_that_cannot_be_used_is_named_by_check(tmp_path: Path) -> None:
    text = '[alerts]\nsigning_key = "k.pem"\ncertificate = "c.pem"\n'
    done = run("--config", written(tmp_path / "config.toml", text), "check", data=tmp_path)
    assert done.returncode == 0
    assert f"alerts.signing_key: Không đọc được {tmp_path}/k.pem" in done.stdout
