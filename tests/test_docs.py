"""docs/config.md lists exactly the keys of server/setup/config_sections.py, each with its default."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from server.setup.config import Config
from server.setup.config_exchange import (
    DocumentsSection,
    DutySection,
    MailSection,
    PushSection,
    SourceSystemSection,
)
from server.setup.config_mailbox import MailboxSection, Section, SenderSection
from server.setup.config_sections import (
    AlertsSection,
    AnnouncementsSection,
    ApiSection,
    AreaSection,
    BackupSection,
    BoardSection,
    FetchSection,
    HistorySection,
    LaneSection,
    NoticesSection,
    PageSection,
    PeopleSection,
    PublicSection,
    QueueSection,
    ReceiptsSection,
    ServerSection,
    ServingSection,
    SourceSection,
    StoreSection,
    ThemeSection,
)

PAGE = (Path(__file__).resolve().parents[1] / "docs/config.md").read_text(encoding="utf-8")
SECTIONS: dict[str, type[Section]] = {
    "Outside sections": Config,
    "[server]": ServerSection,
    "[store]": StoreSection,
    "[queue]": QueueSection,
    "[fetch]": FetchSection,
    "[alerts]": AlertsSection,
    "[notices]": NoticesSection,
    "[announcements]": AnnouncementsSection,
    "[history]": HistorySection,
    "[backup]": BackupSection,
    "[receipts]": ReceiptsSection,
    "[people]": PeopleSection,
    "[public]": PublicSection,
    "[push]": PushSection,
    "[api]": ApiSection,
    "[serving]": ServingSection,
    "[source_system]": SourceSystemSection,
    "[documents]": DocumentsSection,
    "[mail]": MailSection,
    "[duty]": DutySection,
    "[[areas]]": AreaSection,
    "[[sources]]": SourceSection,
    "page of a source": PageSection,
    "mail of a source": MailboxSection,
    "senders of a mailbox": SenderSection,
    "[[boards]]": BoardSection,
    "[[themes]]": ThemeSection,
    "lanes of a board": LaneSection,
}
TABLES = (
    "server",
    "store",
    "queue",
    "fetch",
    "alerts",
    "notices",
    "alerts",
    "announcements",
    "history",
    "backup",
    "receipts",
    "people",
    "public",
    "push",
    "api",
    "serving",
    "source_system",
    "documents",
    "mail",
    "duty",
    "themes",
    "areas",
    "sources",
    "boards",
)
# Keys whose default is taken from another key: key -> how the page describes the default.
WORDS = {"name": "the slug", "zone": "`timezone`", "user_agent": "`[fetch] user_agent`"}


def _rows(title: str) -> dict[str, str]:
    """Key -> default, from the table below the heading ``title`` of docs/config.md."""
    part = PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| `([a-z_]+)` \| .*? \| ([^|]*?) \|", part, re.MULTILINE)
    return dict(rows)


def _default(field: Any) -> str:
    if field.is_required():
        return "*required*"
    if field.default is None:
        return "none"
    value = list(field.default) if isinstance(field.default, tuple) else field.default
    return f"`{json.dumps(value, ensure_ascii=False)}`"


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_stands_on_the_page_with_its_default(title: str) -> None:
    section = SECTIONS[title]
    fields = {
        name: field for name, field in section.model_fields.items() if section is not Config or name not in TABLES
    }
    expected = {name: _default(field) for name, field in fields.items()}
    if title == "[[sources]]":
        expected |= WORDS
    assert _rows(title) == expected


def test_every_section_of_the_file_has_its_part_of_the_page() -> None:
    headings = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    assert [heading for heading in headings if heading in SECTIONS] == list(SECTIONS)
    assert set(TABLES) <= set(Config.model_fields)
    assert set(Config.model_fields) - set(TABLES) == set(_rows("Outside sections"))
