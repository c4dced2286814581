"""Several servers on one store: Redis as Flask-SocketIO's message queue, and the word to look at the store at once.

Made by the hub where ``[queue] url`` is set. Each server's director sends to its own screens; through Redis goes, at
the moment in which one server sees that the store has changed, a nudge to all others, so that none waits for its own
next look. Without Redis everything still arrives, a tenth of a second later: nothing here ever waits for it, at the
start or afterwards; that it is lost is said once, and once that it is back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import gevent
import gevent.queue
import redis
import structlog
from socketio.pubsub_manager import PubSubManager

from server.live.broadcast.fanout import DirectManager

log = structlog.get_logger("queue")
CHANNEL = "bangtin"
MOST_WAITING = 1_000
LISTEN_SECONDS = 5
WRITE_SECONDS = 2
LONGEST_PAUSE = 2.0
_LOST = (redis.RedisError, OSError)


class Line:
    """One channel of Redis: ``publish`` never waits, ``listen`` never ends."""

    def __init__(self, url: str, channel: str = CHANNEL) -> None:
        self._url, self._channel = url, channel
        self._outgoing: gevent.queue.Queue[str] = gevent.queue.Queue(MOST_WAITING)
        self._writer: gevent.Greenlet[[], None] | None = None
        self._lost = False

    def publish(self, text: str) -> None:
        """Sends as soon as it goes; of what waits too long the oldest is dropped."""
        if self._writer is None:
            self._writer = gevent.spawn(self._write)
        if self._outgoing.full():
            self._outgoing.get_nowait()
        self._outgoing.put_nowait(text)

    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(
            self._url, socket_connect_timeout=WRITE_SECONDS, socket_timeout=WRITE_SECONDS, retry=None
        )

    def _write(self) -> None:
        client = self._client()
        while True:
            text = self._outgoing.get()
            try:
                client.publish(self._channel, text)
            except _LOST as error:
                self._say_lost(error)

    def listen(self) -> Iterator[str]:
        """What others, and this one, publish; comes back by itself after Redis has been away."""
        pause = 0.1
        while True:
            try:
                for text in self._subscribed():
                    pause = 0.1
                    yield text
            except _LOST as error:
                self._say_lost(error)
            gevent.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _subscribed(self) -> Iterator[str]:
        with self._client() as client, client.pubsub(ignore_subscribe_messages=True) as channel:
            channel.subscribe(self._channel)
            silent = False
            while True:
                message = channel.get_message(ignore_subscribe_messages=False, timeout=LISTEN_SECONDS)
                if message is None:
                    # A line that is cut without a word would be silent for ever.
                    if silent:
                        raise redis.ConnectionError("no answer")
                    silent = True
                    channel.ping()
                    continue
                silent = False
                self._say_well()
                if message["type"] == "message":
                    yield message["data"].decode()

    def _say_lost(self, error: Exception) -> None:
        if not self._lost:
            log.error("redis lost", error=str(error), then="notices go by the store alone")
        self._lost = True

    def _say_well(self) -> None:
        if self._lost:
            log.info("redis back")
        self._lost = False


class RedisBus(PubSubManager):  # type: ignore[misc] # socketio carries no types
    """python-socketio's client manager on a Line; ``on_look`` is told what revision another server has seen."""

    name = "redis"

    def __init__(self, line: Line) -> None:
        super().__init__(channel=CHANNEL)
        self._line = line
        self._heard = -1
        self.on_look: Callable[[int], object] = lambda _revision: None

    def nudge(self, revision: int) -> None:
        """Tells the others to look at the store, unless they are where this came from."""
        if revision > self._heard:
            self._publish({"method": "look", "revision": revision, "host_id": self.host_id})

    def _publish(self, data: dict[str, Any]) -> None:
        if not data.pop("published", False):
            self._line.publish(json.dumps(data))

    def _handle_emit(self, message: dict[str, Any]) -> None:
        """Publishes first what this server emits, so that all deliver at the same time (54 to 36 ms with two)."""
        if message.get("host_id") == self.host_id:
            self._publish(message)
            message["published"] = True
        super()._handle_emit(message)

    def _listen(self) -> Iterator[dict[str, Any]]:
        for text in self._line.listen():
            try:
                message = json.loads(text)
            except ValueError:
                continue
            # An acknowledgement names the server that it is for, everything else the one that it comes from.
            if not isinstance(message, dict):
                continue
            if message.get("host_id") == self.host_id and message.get("method") != "callback":
                continue
            if message.get("method") == "look":
                self._look(message.get("revision"))
            else:
                yield message

    def _look(self, revision: object) -> None:
        if isinstance(revision, int) and revision > self._heard:
            self._heard = revision
            self.on_look(revision)


class DirectRedisBus(RedisBus, DirectManager):
    """The same with direct fan-out."""

    def emit(self, event: str, data: Any, namespace: str | None = None, *words: Any, **options: Any) -> None:
        """``ignore_queue=True``: to this server's clients alone, with all that direct fan-out knows."""
        if options.pop("ignore_queue", False):
            DirectManager.emit(self, event, data, namespace, *words, **options)
        else:
            super().emit(event, data, namespace, *words, **options)
