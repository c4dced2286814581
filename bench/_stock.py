"""A server with Flask-SocketIO alone on gevent, for comparison; a process of its own for bench/fanout.py.

python -m bench._stock SIZE PING

SIZE is the length of the message's text, PING the interval of pings in ms. Prints its port. For each line on standard
input sends the message to the room of all clients and prints "sent NS", the monotonic time in ns just before.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402 - gevent patches before anything else is imported
from time import monotonic_ns  # noqa: E402

from flask import Flask  # noqa: E402
from flask_socketio import SocketIO, emit, join_room  # noqa: E402
from gevent import pywsgi, socket  # noqa: E402
from gevent.fileobject import FileObjectThread  # noqa: E402

from bench._limits import many_files  # noqa: E402


def main(size: int, ping: int) -> None:
    many_files()
    app = Flask("stock")
    io = SocketIO(app, async_mode="gevent", ping_interval=ping // 1000, ping_timeout=ping // 1000)

    def connect(*_: object) -> None:
        join_room("hall")
        emit("state", {})

    io.on_event("connect", connect)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(4096)
    pywsgi.WSGIServer(listener, app, log=None).start()
    print(listener.getsockname()[1], flush=True)
    for _line in FileObjectThread(sys.stdin.fileno(), "rb"):
        begun = monotonic_ns()
        io.emit("notice", {"notice": {"level": "urgent"}, "text": "x" * size}, to="hall")
        print("sent", begun, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
