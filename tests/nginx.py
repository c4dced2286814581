"""nginx with the shipped configuration in front of a test's servers, on loopback; called by the cluster tests."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.paths import ROOT
from tests.ports import free_port
from tests.station import until

SHIPPED = ROOT / "deploy" / "nginx.conf"
_MAIN = """{user}daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
  log_format who '$arg_board $upstream_addr'; access_log {folder}/who.log who;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/bangtin.conf;
}}
"""


class Nginx:
    """Runs nginx with the shipped file, in which ports are replaced by those of the test."""

    def __init__(self, folder: Path, servers: Sequence[int]) -> None:
        self.port = free_port()
        self._folder = folder
        folder.mkdir()
        text = SHIPPED.read_text(encoding="utf-8")
        for shipped, own in zip((8081, 8082, 8083), servers, strict=True):
            text = text.replace(f"127.0.0.1:{shipped} ", f"127.0.0.1:{own} ")
        text = re.sub(r"listen 80 backlog=\d+;", f"listen 127.0.0.1:{self.port};", text)
        (folder / "bangtin.conf").write_text(text, encoding="utf-8")
        user = "user root; " if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, user=user), encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._process = subprocess.Popen(
            ["/usr/sbin/nginx", "-p", str(self._folder), "-c", str(self._folder / "nginx.conf")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        until(self._answers, "nginx answers")

    def served(self) -> list[tuple[str, int]]:
        """Board and server port of every connection to a board that has ended."""
        lines = [line.split(" ", 1) for line in (self._folder / "who.log").read_text().splitlines()]
        return [(board, int(tried.rsplit(":", 1)[1])) for board, tried in lines if board != "-" and ":" in tried]

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5):
                return True
        except OSError:
            return False

    def kill(self) -> None:
        """Kills the master and its workers, which would outlive the master alone."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
            until(lambda: not self._answers(), "nginx is gone")
