"""A real IMAP server on loopback, with TLS; used by the tests of mailboxes.

Dovecot runs as an ordinary process with its own configuration and folder. Each test uses a user of its own: every
name is accepted with `PASSWORD` and has an empty mailbox.
"""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.ports import free_port

PASSWORD = "mật-khẩu"
PROGRAM = "/usr/sbin/dovecot"
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
auth_mechanisms = plain login
auth_failure_delay = 0
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 0
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class ImapServer:
    """The server: ``port`` with TLS from the start, ``starttls`` without, and its certificate as a PEM file."""

    port: int
    starttls: int
    certificate: Path

    @property
    def url(self) -> str:
        return f"imaps://localhost:{self.port}/INBOX"

    def client(self, user: str) -> imaplib.IMAP4:
        """A signed-in connection to a user's INBOX."""
        trust = ssl.create_default_context(cafile=str(self.certificate))
        made = imaplib.IMAP4_SSL("localhost", self.port, ssl_context=trust, timeout=20)
        made.authenticate("PLAIN", lambda _: f"\0{user}\0{PASSWORD}".encode())
        made.select()
        return made

    def put(self, user: str, letter: bytes, at: datetime) -> None:
        """Puts a letter into a user's INBOX; it arrived at ``at``."""
        with self.client(user) as client:
            status, answer = client.append("INBOX", None, imaplib.Time2Internaldate(at), letter)
            assert status == "OK", answer

    def flags(self, user: str) -> list[str]:
        """The flags of each letter in a user's INBOX."""
        with self.client(user) as client:
            _, answer = client.uid("FETCH", "1:*", "(FLAGS)")
            return [one.decode() for one in answer if isinstance(one, bytes)]


@contextmanager
def running() -> Iterator[ImapServer]:
    """Runs the server while the block runs."""
    if not Path(PROGRAM).exists():
        pytest.fail("dovecot is missing: apt-get install dovecot-imapd", pytrace=False)
    # A short path, because those of Unix sockets have at most 107 bytes.
    with TemporaryDirectory(prefix="imap-", dir="/tmp") as name:
        folder = Path(name)
        made = ImapServer(free_port(), free_port(), folder / "cert.pem")
        _make_certificate(folder)
        _configure(folder, made)
        command = [PROGRAM, "-F", "-c", str(folder / "dovecot.conf")]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                _wait(made.port, process, folder / "log")
                yield made
            finally:
                process.terminate()
                process.wait(20)


def _make_certificate(folder: Path) -> None:
    program = shutil.which("openssl")
    assert program is not None
    asked = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    files = ["-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([program, *asked, *files], cwd=folder, check=True, capture_output=True)


def _configure(folder: Path, made: ImapServer) -> None:
    """Writes the configuration. Root starts the server as Debian does; anybody else runs all of it as himself."""
    me = pwd.getpwuid(os.getuid())
    root = me.pw_uid == 0
    owner = pwd.getpwnam("nobody") if root else me
    mail = folder / "mail"
    mail.mkdir()
    folder.chmod(0o755)
    if root:
        os.chown(mail, owner.pw_uid, owner.pw_gid)
    group = grp.getgrgid(me.pw_gid).gr_name
    text = _CONFIG.format(
        folder=folder, password=PASSWORD, plain=made.starttls, tls=made.port, uid=owner.pw_uid, gid=owner.pw_gid,
        internal="dovecot" if root else me.pw_name, internal_group="dovecot" if root else group,
        login="dovenull" if root else me.pw_name,
    )  # fmt: skip
    (folder / "dovecot.conf").write_text(text, encoding="utf-8")


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        assert process.poll() is None, log.read_text() if log.exists() else "dovecot did not start"
        with socket.socket() as probe:
            probe.settimeout(0.1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
    raise AssertionError("dovecot does not listen")
