"""Converts a DOCX file to PDF with LibreOffice, where that is installed; called by worker.mailbox.

LibreOffice runs as a process of its own, with a profile and a folder that exist only for this file, without macros
and without fetching anything that the document links to.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from feeds.errors import ParseError

SECONDS = 60.0
_ADDRESS_SPACE = 4 * 2**30
_LARGEST_FILE = 200 * 2**20
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse">
<value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"
oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


def is_docx(body: bytes) -> bool:
    """True if ``body`` is a ZIP file that contains a Word document, whatever its name is."""
    return body.startswith(b"PK\x03\x04") and b"word/document.xml" in body


def to_pdf(path: Path, folder: Path, *, program: str = "soffice", seconds: float = SECONDS) -> Path:
    """Converts the document at ``path``; returns the PDF in ``folder``, an empty folder for this document alone.

    ``program`` is the name or path of LibreOffice. Raises ParseError, with a Vietnamese sentence for the sender, if
    it is not installed, takes longer than ``seconds``, or makes no PDF, which it does not report by its exit code.
    """
    found = shutil.which(program)
    if found is None:
        raise ParseError("Máy chủ này chưa đọc được tệp Word: hãy lưu thành PDF rồi gửi lại.", "no-office")
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user/registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    out = folder / "out"
    out.mkdir()
    quiet = ["--headless", "--norestore", "--nolockcheck", "--nodefault"]
    asked = [f"-env:UserInstallation={profile.as_uri()}", *quiet, "--convert-to", "pdf", "--outdir", str(out)]
    _run([*_limits(), found, *asked, str(path)], folder, seconds)
    made = next(iter(sorted(out.glob("*.pdf"))), None)
    if made is None or made.stat().st_size == 0:
        raise ParseError("Không chuyển được tệp Word: hãy lưu thành PDF rồi gửi lại.", "office")
    return made


def _limits() -> list[str]:
    prlimit = shutil.which("prlimit")
    return [prlimit, f"--as={_ADDRESS_SPACE}", f"--fsize={_LARGEST_FILE}", "--core=0"] if prlimit else []


def _run(command: list[str], home: Path, seconds: float) -> None:
    """Runs LibreOffice and all processes that it starts, in a session of their own, for at most ``seconds``."""
    # A proxy that nobody listens on: what the document links to is not fetched.
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy", "all_proxy"), "http://127.0.0.1:9")
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LC_ALL": "C.UTF-8", **nowhere}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=home, env=environment, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise ParseError("Tệp Word cần quá nhiều thời gian để mở, nên không nhận.", "killed") from error
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
