"""Commands that start processes: all of them together, the server, the desk, the worker; called by server.main."""

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
from server.processes.garbage_collection import collection_suspended
from server.processes.heartbeat import heartbeat
from server.processes.optional_packages import OF_SOCKETIO, packages_hidden
from server.processes.stop_signals import StopSignals
from server.processes.supervisor import STOP_SECONDS, ChildProcess, end_with_parent, supervise

LISTED_BOARDS = 10
"""Number of boards whose addresses are printed at the start; there may be thousands of boards."""
HUNG_SECONDS = 60.0
"""Seconds without a heartbeat after which a worker is killed and a new one started.

The old worker's leases, by which it had reserved work, expire, so the new worker repeats that work.
"""
SERVER_HUNG_SECONDS = 20.0
"""Seconds without a heartbeat after which the server is killed and started again.

The server sends one at each tick of the rotation, and a tick waits at most 5 s for the store.
"""
DESK_NICENESS = 5
"""Nice value of the desk: many sign-ins at once (Argon2, four threads each) must not slow the server down."""


def run_all(given: Context) -> None:
    """Runs server and worker as child processes and restarts them when they end; for run.py without a command.

    The other commands import what they use when they run, so that this one starts the server without a delay.
    """
    given.config()
    prepare_data(given.data)
    commands = {"server": given.command("serve"), "worker": given.command("worker")}
    raise typer.Exit(supervise(commands, silence={"server": SERVER_HUNG_SECONDS, "worker": HUNG_SECONDS}))


def serve(context: typer.Context) -> None:
    """Chỉ chạy máy chủ (cho systemd hoặc container)."""
    with collection_suspended(), packages_hidden(OF_SOCKETIO):
        # Imported here because only this command uses gevent; run.py applies gevent's monkey patch for it.
        from server.live.ops.desk_proxy import desk_socket
        from server.live.sockets.wsgi_server import listen
        from server.processes.server import assemble, event_of_signals
        from server.setup.backup_file import hold_shared_lock
        from server.setup.store_setup import first_link

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
    with collection_suspended():
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
    app.serve(listener, stop, alive=heartbeat(os.environ))
    stopping.set()
    desk.terminate()
    desk.kill_at(time.monotonic() + STOP_SECONDS)


def desk(context: typer.Context, file: Annotated[int, typer.Argument(help="Số của ổ cắm đã mở sẵn")]) -> None:
    """Chỉ chạy bàn biên tập (máy chủ tự gọi)."""
    with collection_suspended():
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
    """Prints the desk's address and, unless ``path`` is "", the link for the first keeper (administrator).

    ``path`` is the path of this link, "" if somebody has an account already.
    """
    address = public_url.rstrip("/") or f"http://localhost:{listener.getsockname()[1]}"
    say(f"  bàn biên tập: {address}/desk/")
    if path:
        say(f"  chưa có ai: mở liên kết này trong 30 phút để làm quản trị đầu tiên: {address}{path}")
    sys.stdout.flush()


def worker(context: typer.Context) -> None:
    """Chỉ chạy bộ đọc nguồn tin."""
    with collection_suspended():
        from server.processes.worker import start_worker
        from server.setup.backup_file import hold_shared_lock

    given: Context = context.obj
    end_with_parent()
    config = given.config()
    prepare_data(given.data)
    signals = StopSignals()
    hold_shared_lock(given.data)
    alive = heartbeat(os.environ)
    stop = start_worker(config, given.config_path.resolve().parent, given.data, given.clock, alive=alive)
    signals.wait(threading.Event())
    stop()
    # A normal exit would wait up to 15 s for threads that read from a host which does not respond. Nothing is lost:
    # the leases of unfinished work expire, and another worker repeats it.
    sys.stdout.flush()
    os._exit(0)
