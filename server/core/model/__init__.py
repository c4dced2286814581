"""The domain values as frozen dataclasses, a module for each subject; used by every package above core.

All instants are aware datetimes in UTC. All durations are ``timedelta``, except a slide's ``dwell``: whole
milliseconds, the unit in which screens count.
"""

from server.core.model.announcements import (
    Announcement,
    AnnouncementKind,
    AnnouncementState,
    Attachment,
    Contact,
    Media,
    Recurrence,
    UploadState,
    Window,
)
from server.core.model.boards import Area, Board, Format, Hours, Lane, Layout, Mode, Size, ThemeDays
from server.core.model.notices import Level, Notice, NoticeState
from server.core.model.slides import Slide
from server.core.model.sources import PageRules, Source, SourceKind, SourceState, Story, StoryState, Trust

__all__ = [
    "Announcement",
    "AnnouncementKind",
    "AnnouncementState",
    "Area",
    "Attachment",
    "Board",
    "Contact",
    "Format",
    "Hours",
    "Lane",
    "Layout",
    "Level",
    "Media",
    "Mode",
    "Notice",
    "NoticeState",
    "PageRules",
    "Recurrence",
    "Size",
    "Slide",
    "Source",
    "SourceKind",
    "SourceState",
    "Story",
    "StoryState",
    "ThemeDays",
    "Trust",
    "UploadState",
    "Window",
]
