"""Makes requests to Telegram's Bot API and to Zalo's Official Account API, and reads the answers; pure.

Called by worker.deliveries.alarms_chats. Zalo's side is written from descriptions of others and was never tried
against its servers (docs/alarms.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import quote, urlencode

from server.store.duty.channels import Secrets

TELEGRAM_MOST = 4096
ZALO_MOST = 2000
RENEW_BEFORE = timedelta(minutes=5)
Trouble = Literal["", "token", "chat", "limit", "http"]
"""Why a chat did not take a message: our token, the address of the chat, its limit, or anything else."""
_LONGEST_WAIT = timedelta(hours=48)
_ZALO_TOKEN = frozenset({-216, -124, -14014})
_ZALO_CHAT = frozenset({-201, -213, -227, -230})
_ZALO_LIMIT = frozenset({-32, -211, -217, -218})


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A POST: address, headers and body."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a message; ``trouble`` is "" if it was taken. ``wait`` is what the other side asked for."""

    trouble: Trouble = ""
    wait: timedelta | None = None


def telegram(base: str, token: str, chat: str, text: str) -> ChatRequest:
    """Returns the request that sends plain text of at most `TELEGRAM_MOST` units to a chat or group."""
    body = {"chat_id": chat, "text": text, "link_preview_options": {"is_disabled": True}}
    return ChatRequest(
        f"{base}/bot{quote(token, safe=':')}/sendMessage", {"Content-Type": "application/json"}, _json(body)
    )


def telegram_reply(status: int, body: bytes) -> Reply:
    """Reads Telegram's answer. 429 says in ``parameters.retry_after`` how many seconds to wait."""
    answer = _object(body)
    if 200 <= status < 300 and answer.get("ok") is True:
        return Reply()
    if status == 429:
        parameters = answer.get("parameters")
        asked = parameters.get("retry_after") if isinstance(parameters, dict) else None
        return Reply("limit", _seconds(asked))
    if status in (401, 404):
        return Reply("token")
    return Reply("chat" if status in (400, 403) else "http")


def zalo(base: str, token: str, user: str, text: str) -> ChatRequest:
    """Returns the request that sends plain text to a user who follows the Official Account."""
    headers = {"Content-Type": "application/json", "access_token": token}
    return ChatRequest(
        f"{base}/v3.0/oa/message/cs", headers, _json({"recipient": {"user_id": user}, "message": {"text": text}})
    )


def zalo_reply(status: int, body: bytes) -> Reply:
    """Returns the outcome that Zalo's answer states.

    The HTTP status is 200 also for errors; the field ``error`` is 0 for success and negative for a failure.
    """
    answer = _object(body)
    error = answer.get("error")
    if 200 <= status < 300 and error == 0:
        return Reply()
    if status == 401 or error in _ZALO_TOKEN:
        return Reply("token")
    if status == 429 or error in _ZALO_LIMIT:
        return Reply("limit")
    return Reply("chat" if error in _ZALO_CHAT else "http")


def zalo_renewal(base: str, secrets: Secrets) -> ChatRequest:
    """Returns the request for new tokens. The refresh token is valid once: the answer replaces both."""
    form = {"refresh_token": secrets.renewal, "app_id": secrets.app, "grant_type": "refresh_token"}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "secret_key": secrets.app_secret}
    return ChatRequest(f"{base}/v4/oa/access_token", headers, urlencode(form).encode())


def renewed_secrets(secrets: Secrets, body: bytes, now: datetime) -> Secrets | None:
    """Returns the secrets with both new tokens, valid as long as ``expires_in`` says; None without both tokens."""
    answer = _object(body)
    token, renewal = answer.get("access_token"), answer.get("refresh_token")
    if not (isinstance(token, str) and token and isinstance(renewal, str) and renewal):
        return None
    lasts = _seconds(answer.get("expires_in"), most=timedelta(days=365))
    return replace(secrets, secret=token, renewal=renewal, secret_until=None if lasts is None else now + lasts)


def needs_renewal(secrets: Secrets, now: datetime) -> bool:
    """Whether the access token has to be renewed before it is used."""
    if not secrets.secret:
        return True
    return secrets.secret_until is not None and now >= secrets.secret_until - RENEW_BEFORE


def _seconds(value: object, most: timedelta = _LONGEST_WAIT) -> timedelta | None:
    """Returns ``value``, a number of seconds or its text ("90000"), as a span of at most ``most``; else None."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:12])
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e12:
        return None
    return min(timedelta(seconds=min(value, most.total_seconds())), most)


def _object(body: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
