"""The tables of config.toml that describe a mailbox, and what all tables have in common; used by config_sections."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from server.core.sources.mail.allowed_senders import allowed_address

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class Section(BaseModel):
    """The base class of all tables of config.toml: instances are frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SenderSection(Section):
    """Somebody whose mail to a mailbox is accepted, and where an announcement made of it is shown."""

    address: Annotated[str, Field(max_length=254), AfterValidator(allowed_address)]
    area: Slug
    boards: tuple[Slug, ...] = ()


class MailboxSection(Section):
    """How a source of the kind "mail" is read; its password is never in config.toml."""

    user: Annotated[str, Field(min_length=1, max_length=254)]
    authserv: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]*$", max_length=253)] = ""
    senders: tuple[SenderSection, ...] = ()
    oldest_days: Annotated[int, Field(ge=1, le=30)] = 3
    shown_days: Annotated[int, Field(ge=1, le=366)] = 7
