"""run.py started as a process: its messages when it cannot start, its start and end, and the restart of its parts."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import pytest

from server.store.boards import boards
from server.store.database.engine import Database
from tests.cast import NOW
from tests.cli.seeded import seen_by_server
from tests.paths import ROOT
from tests.postgres import running as postgres_running
from tests.station import until

RUN = [sys.executable, str(ROOT / "run.py")]


def once(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*RUN, *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    for task in Path(f"/proc/{pid}/task").iterdir():
        text += f" {(task / 'children').read_text()}"
    return sorted({int(one) for one in text.split()})


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def started(folder: Path, data: Path, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Runs ``run.py`` in ``folder``, in a new process session; yields the process and the address that it prints.

    ``environment`` is added to the environment variables.
    """
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [*RUN, "--config", str(ROOT / "config.toml"), "--data", str(data), "--port", "0"],
            cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True,
            env=os.environ | environment,
        )  # fmt: skip
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        said = re.search(r"\(running\): (http://localhost:\d+)/", line)
        assert said is not None, line
        yield process, said[1]
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)
        process.stdout.close()


@pytest.fixture
def program(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with started(tmp_path, tmp_path / "data") as (process, _):
        yield process


def part(program: subprocess.Popen[str], name: str) -> int:
    """Waits for a child of ``program`` and returns its process id; ``name`` is ``serve`` or ``worker``."""

    def find() -> int | None:
        return next((pid for pid in children(program.pid) if command_of(pid).rstrip().endswith(name)), None)

    found: int = until(find, f"a process for {name}")
    return found


def test_a_taken_port_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = once("--data", str(tmp_path), "--port", port, "serve")
        together = once("--data", str(tmp_path), "--port", port)
    assert done.returncode == together.returncode == 2
    assert done.stderr.strip().count("\n") == 0
    assert f"Không mở được cổng {port}" in done.stderr
    assert f"Không mở được cổng {port}" in together.stderr


def test_a_wrong_config_names_its_place_and_exit_2(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[server]\nprot = 1\n")
    done = once("check", "--config", str(config))
    assert done.returncode == 2
    assert "server.prot: không có khóa này" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_area_that_a_board_of_the_desk_still_has_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    config, data = tmp_path / "config.toml", tmp_path / "data"
    area, board = '[[areas]]\nslug = "{0}"\nname = "{0}"\n', '[[boards]]\nslug = "{0}"\nname = "{0}"\narea = "{0}"\n'
    config.write_text("".join(kind.format(slug) for kind in (area, board) for slug in ("xa-cu", "xa-moi")))
    seen_by_server(config, data)
    db = Database.open("sqlite:///bangtin.db", data)
    boards.save(db, replace(boards.get(db, "xa-cu"), name="Bảng cũ"), actor="lan", now=NOW)
    db.close()
    config.write_text(area.format("xa-moi") + board.format("xa-moi"))
    for part in ("serve", "worker"):
        done = once("--config", str(config), "--data", str(data), "--port", "0", part)
        assert done.returncode == 2
        assert "xa-cu (đơn vị xa-cu)" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_written_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = once("--data", str(tmp_path / "file" / "data"), "--port", "0")
    assert done.returncode == 2
    assert "Không ghi được vào thư mục dữ liệu" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.postgres
def test_the_program_waits_for_a_database_that_starts_later(tmp_path: Path) -> None:
    """After a power cut all machines start at once; the program must not give up before its database is up."""
    with postgres_running() as database:
        url = database.create("later")
        database.crash()
        log = tmp_path / "log"

        def starts_it() -> None:
            until(lambda: log.exists() and log.read_text().count("process ended") > 1, "both have tried in vain")
            database.start()

        with ThreadPoolExecutor(1) as beside:
            starting = beside.submit(starts_it)
            with started(tmp_path, tmp_path / "data", BANGTIN_STORE__URL=url) as (_, address):
                starting.result()
                with urlopen(f"{address}/healthz", timeout=30) as answer:
                    assert answer.status == 200
    assert "Không dùng được cơ sở dữ liệu" in log.read_text()


def test_an_unreachable_store_is_one_sentence_and_exit_1(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[store]\nurl = "postgresql+psycopg://tests@127.0.0.1:1/nothing"\n')
    done = once("--config", str(config), "--data", str(tmp_path / "data"), "--port", "0", "serve")
    assert done.returncode == 1
    assert "Không dùng được cơ sở dữ liệu" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_ends_everything_without_a_traceback(program: subprocess.Popen[str], tmp_path: Path) -> None:
    parts = [part(program, "serve"), part(program, "worker")]
    os.killpg(program.pid, signal.SIGINT)
    assert program.wait(60) == 0
    assert not any(alive(pid) for pid in parts)
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_pictures_are_found_with_a_relative_data_folder(tmp_path: Path) -> None:
    """The default data folder, `data`, is relative to the working directory."""
    with started(tmp_path, Path("data")) as (_, address):

        def picture() -> str:
            lap = json.load(urlopen(f"{address}/glass/state?board=hoi-truong"))["lap"]["slides"]
            bodies = (json.load(urlopen(f"{address}/glass/slides/{slide['hash']}")) for slide in lap)
            return next((body["media"][0] for body in bodies if body["media"]), "")

        with urlopen(f"{address}/glass/media/{until(picture, 'a slide with a picture')}") as answer:
            assert answer.headers["Content-Type"] == "image/webp"
            assert answer.read(4) == b"RIFF"


def test_metrics_are_served(tmp_path: Path) -> None:
    with started(tmp_path, tmp_path / "data") as (_, address):

        def read() -> dict[str, float]:
            with urlopen(f"{address}/metrics") as answer:
                lines = answer.read().decode().splitlines()
            said = (line.rpartition(" ") for line in lines if line[0] != "#")
            return {name: float(value) for name, _, value in said}

        until(lambda: read()['bangtin_sources{state="well"}'] > 0, "a source was read")
        said = read()
        assert said["bangtin_boards"] == 3
        assert said["bangtin_store_up"] == 1
        assert said['bangtin_connections{kind="screen"}'] == 0
        # The loop's lag is measured by a timer, so its first value may come later than the first source is read.
        until(lambda: read()["bangtin_loop_lag_seconds_count"] > 0, "the loop's lag was measured")


def test_a_process_that_dies_is_restarted(program: subprocess.Popen[str]) -> None:
    for name in ("worker", "serve"):
        first = part(program, name)
        os.kill(first, signal.SIGKILL)
        until(lambda: part(program, name) != first, f"another {name}")  # noqa: B023 - called at once


def test_nothing_is_left_when_the_supervisor_is_killed(program: subprocess.Popen[str]) -> None:
    parts = [part(program, "serve"), part(program, "worker")]
    program.kill()
    program.wait(60)
    until(lambda: not any(alive(pid) for pid in parts), "the end of server and worker")
