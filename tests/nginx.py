"""Runs nginx as shipped in front of a test's servers, on loopback; used by tests/cluster and tests/deploy.

Without ``tls`` the same file is served as plain HTTP and without limits, for tests that are not about them.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import trustme

from tests.paths import ROOT
from tests.ports import free_port
from tests.station import until

SHIPPED = ROOT / "deploy" / "nginx.conf"
INCLUDED = ROOT / "deploy" / "nginx"
NAME = "bangtin.example.vn"
"""The server name in the shipped file; ``authority`` issues the certificate for it."""
_MAIN = """{user}daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
  log_format who '$arg_board $upstream_addr'; access_log {folder}/who.log who;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/bangtin.conf;
}}
"""
_PORTS = {1: (8080,), 3: (8081, 8082, 8083)}


class Nginx:
    """nginx with the shipped files, in which ports and paths are replaced by those of the test.

    ``servers`` are the ports of one server or of three. ``replaced``: text in the shipped files -> text that the test
    puts in its place.
    """

    def __init__(
        self, folder: Path, servers: Sequence[int], *, tls: bool = False, replaced: Mapping[str, str] | None = None
    ) -> None:
        self.port, self.tls = free_port(), tls
        self.plain_port = free_port() if tls else self.port
        self.authority = trustme.CA() if tls else None
        self._folder, self._replaced = folder, replaced or {}
        folder.mkdir()
        self._write(servers)
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def _write(self, servers: Sequence[int]) -> None:
        for shipped in INCLUDED.glob("*.conf"):
            text = self._shipped(shipped).replace("/var/log/nginx/", f"{self._folder}/")
            (self._folder / shipped.name).write_text(text, encoding="utf-8")
        own = INCLUDED / ("servers.conf" if len(servers) == 1 else "servers-three.conf")
        text = self._shipped(own)
        for port, mine in zip(_PORTS[len(servers)], servers, strict=True):
            text = text.replace(f"127.0.0.1:{port} ", f"127.0.0.1:{mine} ")
        (self._folder / "servers.conf").write_text(text, encoding="utf-8")
        site = self._shipped(SHIPPED).replace("/etc/nginx/bangtin/", f"{self._folder}/")
        site = site.replace("/etc/bangtin/tls/", f"{self._folder}/")
        site = re.sub(r"^ *listen \[::\].*\n", "", site, flags=re.MULTILINE)
        (self._folder / "bangtin.conf").write_text(self._as_tls(site) if self.tls else self._as_plain(site), "utf-8")
        user = "user root; " if os.geteuid() == 0 else ""
        (self._folder / "nginx.conf").write_text(_MAIN.format(folder=self._folder, user=user), encoding="utf-8")

    def _shipped(self, path: Path) -> str:
        text = path.read_text(encoding="utf-8")
        for old, new in self._replaced.items():
            text = text.replace(old, new)
        return text

    def _as_tls(self, site: str) -> str:
        assert self.authority is not None
        certificate = self.authority.issue_cert(NAME)
        certificate.private_key_pem.write_to_path(self._folder / "privkey.pem")
        (self._folder / "fullchain.pem").write_bytes(b"".join(one.bytes() for one in certificate.cert_chain_pems))
        site = re.sub(r"listen 80( backlog=\d+)?", f"listen 127.0.0.1:{self.plain_port}", site)
        return re.sub(r"(listen 443 .*?)( backlog=\d+)?;", r"\1;", site).replace(
            "listen 443", f"listen 127.0.0.1:{self.port}"
        )

    def _as_plain(self, site: str) -> str:
        """Makes a site for plain HTTP from the shipped one: its TLS server block, without TLS and server names.

        The site writes the log that ``served`` reads instead of the shipped one.
        """
        maps, tls = (
            site.split("# --- plain HTTP", 1)[0],
            re.search(r"# --- TLS -+\n(.*)# --- other names", site, re.DOTALL),
        )
        assert tls is not None
        server = re.sub(r"listen 443 .*;", f"listen 127.0.0.1:{self.port};", tls[1])
        server = re.sub(
            r"^ *(ssl_|server_name |include .*(connection|log)\.conf).*\n", "", server, flags=re.MULTILINE
        )
        return maps.replace("127.0.0.1 1;", "127.0.0.0/8 1;") + server

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with (self._folder / "start.log").open("wb") as said:
            self._process = subprocess.Popen(
                ["/usr/sbin/nginx", "-p", str(self._folder), "-c", str(self._folder / "nginx.conf")],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True,
            )  # fmt: skip
        until(self._answers, "nginx answers")

    def served(self) -> list[tuple[str, int]]:
        """The board and the server's port of every ended connection of a screen, in order, from nginx's log."""
        lines = [line.split(" ", 1) for line in (self._folder / "who.log").read_text().splitlines()]
        return [(board, int(tried.rsplit(":", 1)[1])) for board, tried in lines if board != "-" and ":" in tried]

    def log(self) -> str:
        """The content of nginx's log in the shipped format."""
        return (self._folder / "bangtin.log").read_text(encoding="utf-8")

    def _answers(self) -> bool:
        assert self._process is None or self._process.poll() is None, (self._folder / "start.log").read_text()
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5):
                return True
        except OSError:
            return False

    def kill(self) -> None:
        """Kills nginx's master process together with its workers, which would outlive it."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
            until(lambda: not self._answers(), "nginx is gone")
