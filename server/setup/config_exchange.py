"""Sections of config.toml about exchange with people and other programs: mail, push, duty, documents, source system.

Part of server.setup.config.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from server.setup.config_addresses import PostUrl, WebOrigin
from server.setup.config_mailbox import Section, Slug


class DocumentsSection(Section):
    """The watched folder of electronic documents (edXML), and the folder of trusted certificates."""

    folder: Annotated[str, Field(max_length=400)] = ""
    area: str = ""
    roots: Annotated[str, Field(min_length=1, max_length=400)] = "signature-roots"


CONTACT = re.compile(r"mailto:[^@\s]+@[\w-]+(\.[\w-]+)+|https://[\w-]+(\.[\w-]+)+", re.ASCII)
"""What push services accept as a contact, and py_vapid checks."""


def _contact(text: str) -> str:
    if text and not CONTACT.fullmatch(text):
        raise ValueError('phải là địa chỉ thư như "mailto:cntt@tinh.vn", hoặc trang "https://tinh.vn"')
    return text


class PushSection(Section):
    """Web Push for citizens; without a ``contact`` it is off.

    ``hosts`` are hosts of push services that are allowed in addition to those of the makers of browsers.
    """

    contact: Annotated[str, AfterValidator(_contact), Field(max_length=200)] = ""
    hosts: tuple[Annotated[str, Field(pattern=r"^[a-z0-9.-]+(:[0-9]{1,5})?$", max_length=253)], ...] = ()
    requests_per_minute: Annotated[int, Field(ge=1, le=100_000)] = 60


class DutySection(Section):
    """When alarms are told and passed on, what counts as wrong, and the addresses of the chats' servers."""

    gather_seconds: Annotated[float, Field(ge=0, le=3600)] = 60
    settle_minutes: Annotated[float, Field(ge=0.5, le=60)] = 2
    escalate_minutes: Annotated[float, Field(ge=1, le=1440)] = 15
    confirm_minutes: Annotated[float, Field(ge=0.5, le=60)] = 2
    disk_megabytes: Annotated[int, Field(ge=1, le=10_000_000)] = 1024
    certificate_days: Annotated[int, Field(ge=1, le=365)] = 14
    clock_seconds: Annotated[float, Field(ge=5, le=3600)] = 60
    beat_url: PostUrl = ""
    telegram_url: WebOrigin = "https://api.telegram.org"
    zalo_url: WebOrigin = "https://openapi.zalo.me"
    zalo_login_url: WebOrigin = "https://oauth.zaloapp.com"


class SourceSystemSection(Section):
    """The gateway to the province's source information system (docs/source-system.md).

    ``folder`` is where bulletins are dropped, "" for none; they are for ``areas`` and those below, by default for
    all. In ``air`` and below, priority and urgent ones are shown without an editor. ``report_url`` is the address to
    which reports are sent; ``report_key_file`` holds the key for it, relative to --data.
    """

    folder: str = ""
    areas: tuple[Slug, ...] = ()
    air: tuple[Slug, ...] = ()
    settle_seconds: Annotated[float, Field(ge=0.1, le=600)] = 2
    report_url: PostUrl = ""
    report_key_file: str = ""
    status_minutes: Annotated[int, Field(ge=5, le=1440)] = 60


class MailSection(Section):
    host: str = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_file: str = ""
    sender: str = ""
