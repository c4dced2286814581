"""Sends a text to a Telegram chat or a Zalo user; created by worker.deliveries.alarms_jobs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from feeds.download.address_guard import Resolve, system_resolve
from feeds.download.post import Posted, post
from feeds.download.request import FetchPolicy
from feeds.errors import FeedError
from server.core.duty.pace import split
from server.core.duty.plan import Channel
from server.notifications.chat_requests import (
    TELEGRAM_MOST,
    ZALO_MOST,
    ChatRequest,
    Reply,
    needs_renewal,
    renewed_secrets,
    telegram,
    telegram_reply,
    zalo,
    zalo_renewal,
    zalo_reply,
)
from server.setup.config import Config
from server.setup.product import user_agent
from server.store.database.engine import Database
from server.store.duty import channels
from server.store.duty.channels import Secrets
from server.worker.deliveries.clock_check import ClockCheck

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 20.0
BETWEEN_PARTS_SECONDS = 1.0
MOST_PARTS = 3


class Chats:
    """Sends by the addresses in ``config``. ``pause`` waits for seconds between the parts of a long text.

    ``clock_check`` gets the times that the servers of the chats name.
    """

    def __init__(
        self,
        db: Database,
        config: Config,
        clock: Callable[[], datetime],
        clock_check: ClockCheck,
        pause: Callable[[float], object],
        resolve: Resolve = system_resolve,
    ) -> None:
        self._db, self._section, self._clock, self._check = db, config.duty, clock, clock_check
        self._pause, self._resolve = pause, resolve
        self._policy = FetchPolicy(
            allow_private=config.fetch.allow_private,
            user_agent=user_agent("alarms"),
            connect_seconds=CONNECT_SECONDS,
            total_seconds=TOTAL_SECONDS,
        )

    def send(self, channel: Channel, text: str) -> tuple[str, timedelta | None]:
        """Sends a text; returns "" or why it was not taken, and how long the other side asked to wait.

        The reason is a `Trouble` of chat_requests or a code of feeds.errors. Raises NotFound for a channel that is
        gone.
        """
        secrets = channels.secrets_of(self._db, channel.id)
        try:
            reply = self._telegram(channel, secrets, text) if channel.kind == "telegram" else self._zalo(
                channel, secrets, text
            )  # fmt: skip
        except FeedError as error:
            return error.code, None
        return reply.trouble, reply.wait

    def _telegram(self, channel: Channel, secrets: Secrets, text: str) -> Reply:
        reply = Reply()
        for number, part in enumerate(split(text, TELEGRAM_MOST)[:MOST_PARTS]):
            if number:
                self._pause(BETWEEN_PARTS_SECONDS)
            answer = self._post(telegram(self._section.telegram_url, secrets.secret, channel.address, part))
            reply = telegram_reply(answer.status, answer.body)
            if reply.trouble:
                break
        return reply

    def _zalo(self, channel: Channel, secrets: Secrets, text: str) -> Reply:
        """Sends one message, cut to what Zalo takes, because only few are allowed; renews the tokens if need be."""
        part = split(text, ZALO_MOST - 1)[0]
        if needs_renewal(secrets, self._clock()):
            renewed = self._renewed(channel, secrets)
            return self._zalo_once(channel, renewed, part) if renewed else Reply("token")
        reply = self._zalo_once(channel, secrets, part)
        if reply.trouble == "token" and (renewed := self._renewed(channel, secrets)):
            reply = self._zalo_once(channel, renewed, part)
        return reply

    def _zalo_once(self, channel: Channel, secrets: Secrets, part: str) -> Reply:
        answer = self._post(zalo(self._section.zalo_url, secrets.secret, channel.address, part))
        return zalo_reply(answer.status, answer.body)

    def _renewed(self, channel: Channel, secrets: Secrets) -> Secrets | None:
        """Gets new tokens and stores both before either is used; None if Zalo gives none."""
        if not secrets.renewal:
            return None
        answer = self._post(zalo_renewal(self._section.zalo_login_url, secrets))
        found = renewed_secrets(secrets, answer.body, self._clock())
        if found is not None:
            channels.renewed(self._db, channel.id, found)
        return found

    def _post(self, request: ChatRequest) -> Posted:
        answer = post(request.url, self._policy, request.body, headers=request.headers, resolve=self._resolve)
        self._check.compare(urlsplit(request.url).hostname or "", answer.date)
        return answer
