"""Commands that start processes: everything together, the server, the desk, the worker; called by server.main."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from typing import Annotated

import typer

from server.cli.context import Context, fail, prepare_data, say
from server.processes.heartbeat import heartbeat
from server.processes.supervisor import STOP_SECONDS, ChildProcess, end_with_parent, supervise
from server.setup.backup_file import hold_shared_lock
from server.setup.store_setup import first_link

LISTED_BOARDS = 10
"""Boards whose addresses are printed at the start; there may be thousands."""
HUNG_SECONDS = 60.0
"""A worker without a heartbeat for so long is killed; its leases expire and the next worker continues."""
DESK_NICENESS = 5
"""Niceness of the desk, so that many sign-ins at once (Argon2, four threads each) do not slow the boards down."""


def run_all(given: Context) -> None:
    """Runs server and worker as processes and restarts them when they end."""
    given.config()
    prepare_data(given.data)
    commands = {"server": given.command("serve"), "worker": given.command("worker")}
    raise typer.Exit(supervise(commands, silence={"worker": HUNG_SECONDS}))


def serve(context: typer.Context) -> None:
    """Chỉ chạy máy chủ (cho systemd hoặc container)."""
    # Imported here because only this command runs on gevent, which run.py has patched in.
    from server.live.ops.desk_proxy import desk_socket
    from server.live.sockets.wsgi_server import listen
    from server.processes.server import assemble, event_of_signals

    given: Context = context.obj
    end_with_parent()
    config = given.config()
    prepare_data(given.data)
    host, port = config.server.host, config.server.port
    try:
        listener = listen(host, port)
    except OSError as error:
        fail(f"Không mở được cổng {port} trên {host}: {error.strerror}. Hãy chọn cổng khác bằng --port.")
    hold_shared_lock(given.data)
    stop = event_of_signals(signal.SIGINT, signal.SIGTERM)
    desk_listener, desk_address = desk_socket(given.data)
    app = assemble(config, given.data, given.clock, desk_address=desk_address)
    _print_boards(listener, [board.slug for board in config.boards if board.public])
    _print_desk(listener, config.server.public_url, first_link(config, given.data, given.clock))
    stopping = threading.Event()
    desk = ChildProcess(
        "desk",
        given.command("desk", str(desk_listener.fileno())),
        stopping,
        files=[desk_listener.fileno()],
        gives_up=False,
    )
    desk.thread.start()
    app.serve(listener, stop)
    stopping.set()
    desk.terminate()
    desk.kill_at(time.monotonic() + STOP_SECONDS)


def desk(context: typer.Context, file: Annotated[int, typer.Argument(help="Số của ổ cắm đã mở sẵn")]) -> None:
    """Chỉ chạy bàn biên tập (máy chủ tự gọi)."""
    from server.processes.desk import serve_desk

    given: Context = context.obj
    end_with_parent()
    os.nice(DESK_NICENESS)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    listener = socket.socket(fileno=file)
    serve_desk(given.config(), given.config_path.resolve().parent, given.data, given.clock, listener)


def _print_boards(listener: socket.socket, boards: list[str]) -> None:
    address = f"http://localhost:{listener.getsockname()[1]}"
    say(f"Bảng Tin đang chạy (running): {address}/")
    for slug in boards[:LISTED_BOARDS]:
        say(f"  bảng tin: {address}/board/{slug}")
    if len(boards) > LISTED_BOARDS:
        say(f"  và {len(boards) - LISTED_BOARDS} bảng tin nữa: {address}/")
    sys.stdout.flush()


def _print_desk(listener: socket.socket, public_url: str, path: str) -> None:
    """Prints the address of the desk and, while nobody has an account, the link that creates the first keeper."""
    address = public_url.rstrip("/") or f"http://localhost:{listener.getsockname()[1]}"
    say(f"  bàn biên tập: {address}/desk/")
    if path:
        say(f"  chưa có ai: mở liên kết này trong 30 phút để làm quản trị đầu tiên: {address}{path}")
    sys.stdout.flush()


def worker(context: typer.Context) -> None:
    """Chỉ chạy bộ đọc nguồn tin."""
    from server.processes.worker import start_worker

    given: Context = context.obj
    end_with_parent()
    config = given.config()
    prepare_data(given.data)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    hold_shared_lock(given.data)
    alive = heartbeat(os.environ)
    stop = start_worker(config, given.config_path.resolve().parent, given.data, given.clock, alive=alive)
    while not stopping.wait(0.2):  # with a timeout, as in supervise
        pass
    stop()
    # A normal exit would wait up to 15 s for threads that read a hanging host. Leases run out, so nothing is lost.
    sys.stdout.flush()
    os._exit(0)
