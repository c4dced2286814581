"""The table of letters that were read from mailboxes, and the column type of a mailbox's settings; used by store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from server.core.model import AllowedSender, MailSettings
from server.store.tables import columns
from server.store.tables.base import metadata

# One row for each letter that was judged. With the row of an announcement it is written in one transaction, so that a
# letter makes one announcement even if the worker is killed before the mailbox knows of it.
letters = Table(
    "letters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String, ForeignKey("sources.slug"), nullable=False),
    Column("validity", BigInteger, nullable=False),  # UIDVALIDITY of the folder, RFC 9051
    Column("uid", BigInteger, nullable=False),
    Column("message_id", String, nullable=False),  # with brackets; a digest for a letter that has none
    Column("sender", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("arrived", columns.Utc, nullable=False),
    Column("read", columns.Utc, nullable=False),
    # How often the worker began to read it. One that was begun too often has ended the worker, and is given up.
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("reason", String, nullable=False, server_default=""),  # core.sources.mail.judgement.Reason; "": not done
    Column("detail", String, nullable=False, server_default=""),
    Column("announcement", Integer, ForeignKey("announcements.id"), index=True),
    # The state of the announcement that its sender was last told.
    Column("told", String, nullable=False, server_default=""),
    UniqueConstraint("source", "validity", "uid"),
    Index(None, "source", "message_id"),
    Index(None, "source", "read"),
    Index(None, "sender", "read"),
)


def _unpack(stored: Mapping[str, Any]) -> MailSettings:
    senders = tuple(AllowedSender(**{**one, "boards": tuple(one["boards"])}) for one in stored["senders"])
    return MailSettings(**{**stored, "senders": senders})


mail_settings = columns.Packed(asdict, _unpack)
