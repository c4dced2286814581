"""Limits attempts to sign in to five a minute per account and address; added by server.desk.app.

An attempt is counted atomically before it is tried, so the limit holds for simultaneous attempts, too; the count of a
successful attempt is subtracted again. The strictest limit is for the pair of account and IP address, so that an
attacker at another address cannot lock a person out. Higher limits, for the account alone and for the address alone,
stop attempts on one account from many addresses and on many accounts from one address. IPv6 addresses of one network
are counted together.

Several servers share the counts in Redis. While Redis does not answer, each server counts in its own memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from threading import Lock
from typing import cast

import structlog
from flask import Flask, Response, abort, current_app, request, session
from flask.typing import RouteCallable
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage

from server.core.networks import network_of
from server.desk.auth.passwords import TooManyWait
from server.desk.web.context import DeskContext, desk

log = structlog.get_logger("attempts")

PER_ACCOUNT_AND_ADDRESS, PER_ACCOUNT, PER_ADDRESS = (
    parse(text) for text in ("5 per minute", "30 per minute", "60 per minute")
)
REDIS_SECONDS = 1
"""How long a request waits for Redis, in seconds."""
REDIS_PAUSE = timedelta(seconds=5)
"""How long Redis is not used after it has failed."""
_EXTENSION = "bangtin-attempts"
# Endpoints that check a password, code or passkey -> the form field that names the account; "" if the session names
# it.
_ACCOUNT_FIELD = {
    "security.login": "email",
    "security.two_factor_token_validation": "",
    "security.mf_recovery": "",
    "security.wan_signin_response": "",
    "security.verify": "",
    "security.forgot_password": "email",
    "security.change_password": "",
    "door.welcome": "",
}
# A request for a reset mail stays counted even if it succeeds, because each one sends a mail.
_ALWAYS_COUNTS = "security.forgot_password"


class Counts:
    """Counts per key that expire with the period of their limit.

    They are kept in the Redis at ``url``; in memory if ``url`` is "" or while Redis does not answer. ``clock``
    returns the time as an aware UTC datetime.
    """

    def __init__(self, url: str, clock: Callable[[], datetime]) -> None:
        self._clock, self._lock = clock, Lock()
        self._memory: Storage = MemoryStorage()
        self._shared: Storage | None = _redis(url) if url else None
        self._away_until: datetime | None = None

    def add(self, item: RateLimitItem, key: str, amount: int = 1) -> int:
        """Adds ``amount`` to the count of ``key`` for the limit ``item`` and returns the new count, atomically."""
        full = item.key_for(key)
        if self._shared is not None and not self.away():
            try:
                return self._shared.incr(full, item.get_expiry(), amount)
            except StorageError as error:
                self._lost(error)
        return self._memory.incr(full, item.get_expiry(), amount)

    def away(self) -> bool:
        """True if Redis failed less than `REDIS_PAUSE` ago, so that it is not used now."""
        with self._lock:
            return self._away_until is not None and self._clock() < self._away_until

    def look(self) -> bool:
        """Checks whether Redis answers and returns the result; True if none is configured.

        Called by the desk's process every few seconds.
        """
        if self._shared is None:
            return True
        try:
            there = self._shared.check()
        except StorageError:
            there = False
        if there:
            self._found()
        else:
            self._lost(None)
        return there

    def _lost(self, error: StorageError | None) -> None:
        with self._lock:
            if self._away_until is None:
                log.error("limits are kept in memory: Redis does not answer", error=str(error or ""))
            self._away_until = self._clock() + REDIS_PAUSE

    def _found(self) -> None:
        with self._lock:
            if self._away_until is not None:
                log.info("limits are kept in Redis again")
            self._away_until = None


def _redis(url: str) -> Storage:
    # Imported here because only installations with several servers use it.
    from redis import ConnectionPool

    # No retries, because a person waits for the request that waits for Redis.
    pool = ConnectionPool.from_url(
        url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS, retry=None
    )
    return RedisStorage(url, connection_pool=pool, wrap_exceptions=True)


@dataclass(slots=True)
class Attempt:
    """A counted attempt. If the caller sets ``succeeded``, the attempt is subtracted from the counts again.

    ``counted`` holds each limit with the key whose count was increased.
    """

    counted: list[tuple[RateLimitItem, str]] = field(default_factory=list)
    succeeded: bool = False


@contextmanager
def attempt(account: str, *, of_stranger: bool = True) -> Iterator[Attempt]:
    """A context manager that counts an attempt on ``account`` before its block tries it; 429 if there were too many.

    ``account`` is the key of the count: the typed name of the account, or a text that other people cannot know.
    ``of_stranger`` is false for a signed-in person. The limit of the IP address alone does not apply then, because
    other people at the same address could use it up.

    If the block raises TooManyWait, no password was checked; then the attempt stays counted for the address only.
    """
    counts = counts_of(current_app)
    made = Attempt()
    address = network_of(desk.address())
    # Hashed, because a form field may contain megabytes of text.
    name = hashlib.sha256(account.strip().lower().encode()).hexdigest()[:32]
    wanted = [(PER_ACCOUNT_AND_ADDRESS, f"{name} {address}"), (PER_ACCOUNT, name)]
    for item, key in [*wanted[:1], (PER_ADDRESS, address), *wanted[1:]] if of_stranger else wanted:
        if counts.add(item, key) > item.amount:
            _take_off(counts, made.counted)
            abort(429)
        made.counted.append((item, key))
    try:
        yield made
    except TooManyWait:
        _take_off(counts, [one for one in made.counted if one[0] is not PER_ADDRESS])
        raise
    if made.succeeded:
        _take_off(counts, made.counted)


def _take_off(counts: Counts, counted: list[tuple[RateLimitItem, str]]) -> None:
    for item, key in counted:
        counts.add(item, key, -1)


def counts_of(app: Flask) -> Counts:
    """Returns the `Counts` that `limit_attempts` has registered in ``app``."""
    found: Counts = app.extensions[_EXTENSION]
    return found


def limit_attempts(app: Flask, context: DeskContext) -> None:
    """Limits POST requests to all views that check or reset passwords and codes; called once these are registered."""
    counts = Counts(context.config.queue.url, context.clock)
    app.extensions[_EXTENSION] = counts
    for endpoint, account_field in _ACCOUNT_FIELD.items():
        view = app.view_functions.get(endpoint)
        if view is not None:
            app.view_functions[endpoint] = _limited(view, account_field, always=endpoint == _ALWAYS_COUNTS)


def _limited(view: RouteCallable, account_field: str, *, always: bool) -> RouteCallable:
    @wraps(view)
    def limited(**values: object) -> Response:
        call = cast(Callable[..., Response], current_app.ensure_sync(view))
        if request.method != "POST":
            return current_app.make_response(call(**values))
        named = request.form.get(account_field, "") if account_field else ""
        with attempt(named or str(session.get("tf_user_id") or session.get("_user_id") or "")) as made:
            answer = current_app.make_response(call(**values))
            # These views redirect after a success and show the form again after a failure.
            made.succeeded = not always and answer.status_code in (301, 302, 303)
            return answer

    return cast(RouteCallable, limited)
