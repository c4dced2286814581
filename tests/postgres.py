"""Runs Debian's PostgreSQL in a temporary folder; used by tests of the store, the command line and the cluster."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.ports import free_port

DEBIAN = Path("/usr/lib/postgresql")
SERVICE_USER = "postgres"  # the user that runs it if the tests run as root, because PostgreSQL refuses to run as root

LOGGED_COPIES = 15  # the first version that by default copies a database through its write-ahead log, which is slower


@dataclass(eq=False)
class Postgres:
    """A PostgreSQL server on loopback; its data is discarded, so it never waits for the disk (fsync=off)."""

    port: int
    programs: Path
    folder: Path
    _connection: psycopg.Connection[Any] | None = None

    @property
    def cluster(self) -> str:
        return str(self.folder / "cluster")

    def start(self) -> None:
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{self.folder}' -c fsync=off "
            "-c full_page_writes=off -c autovacuum=off"
        )
        self._control("start", "-w", "-o", options)

    def crash(self) -> None:
        """Kills all processes of the server at once; after ``start`` the committed data is there again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._control("stop", "-m", "immediate")

    def _control(self, *words: str) -> None:
        _run_as_service(str(self.programs / "pg_ctl"), *words, "-D", self.cluster, folder=self.folder)

    def url(self, database: str) -> str:
        """The URL of a database, in the form of config.toml."""
        return f"postgresql+psycopg://tests@127.0.0.1:{self.port}/{database}"

    def local_url(self, database: str) -> str:
        """The URL of a database by the server's Unix socket, which also other network namespaces reach."""
        return f"postgresql+psycopg://tests@/{database}?host={self.folder}&port={self.port}"

    def create(self, database: str, *, template: str = "template1") -> str:
        """Creates a database as a copy of ``template``, which must have no connections; returns its URL."""
        by_files = " STRATEGY FILE_COPY" if int(self.programs.parts[-2]) >= LOGGED_COPIES else ""
        self._run(f"CREATE DATABASE {{}} TEMPLATE {{}}{by_files}", database, template)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Removes a database and closes its connections."""
        self._run("DROP DATABASE {} WITH (FORCE)", database)

    def _run(self, statement: str, *names: str) -> None:
        if self._connection is None:
            self._connection = psycopg.connect(
                host="127.0.0.1", port=self.port, user="tests", dbname="postgres", autocommit=True
            )
        self._connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def binaries() -> Path:
    """The program folder of the newest PostgreSQL that Debian has installed; fails the test if there is none."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.fail(f"PostgreSQL's binaries are missing under {DEBIAN}: apt-get install postgresql", pytrace=False)
    return found[-1].parent


def _run_as_service(*command: str, folder: Path) -> None:
    """Runs one of PostgreSQL's programs, as an unprivileged user if the tests run as root."""
    user = SERVICE_USER if os.geteuid() == 0 else None
    log = folder / "log"
    with log.open("ab") as out:
        done = subprocess.run(
            command,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            timeout=60,
            check=False,
        )
    if done.returncode != 0:
        pytest.fail(f"{command[0]} failed:\n{log.read_text(errors='replace')}", pytrace=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The PostgreSQL server that all tests of a process share."""
    with running() as server:
        yield server


@contextmanager
def running() -> Iterator[Postgres]:
    """Runs a PostgreSQL server of its own while the block runs."""
    programs = binaries()
    folder = Path(tempfile.mkdtemp(prefix="bangtin-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, SERVICE_USER)
    server = Postgres(free_port(), programs, folder)
    try:
        _run_as_service(
            str(programs / "initdb"),
            *("-D", server.cluster, "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            folder=folder,
        )
        server.start()
        try:
            yield server
        finally:
            server.crash()
    finally:
        shutil.rmtree(folder)
