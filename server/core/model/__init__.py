"""The values of the domain as frozen dataclasses, one module for each subject; used by all packages of server.

All instants are aware datetimes in UTC. Durations are ``timedelta``, except a slide's ``dwell`` (whole milliseconds)
and the ``seconds`` of a video.
"""

from server.core.model.actors import SOURCE_SYSTEM, SYSTEM
from server.core.model.announcements import (
    Announcement,
    AnnouncementKind,
    AnnouncementState,
    Attachment,
    Contact,
    Media,
    Original,
    Recurrence,
    UploadState,
    Window,
)
from server.core.model.areas import Area, AreaKind, Outline, OutlinedArea, PlanKind, Point, Ring
from server.core.model.boards import Board, Format, Hours, Lane, Layout, Mode, Owner, Size, ThemeDays
from server.core.model.documents import FOLDER_ACTOR, DocumentKind, DocumentReference, DocumentWay, OfficeDocument
from server.core.model.notices import MESSAGE, Level, Notice, NoticeState
from server.core.model.now_serving import MOST_COMING, MOST_COUNTERS, Counter, NowServing, ServingTurn
from server.core.model.signatures import PdfSignatures, Signature, SignatureState
from server.core.model.slides import Slide
from server.core.model.sources import (
    SELECTORS,
    AlertAiring,
    AlertIndex,
    AlertSettings,
    AllowedSender,
    MailSettings,
    PageRules,
    Source,
    SourceKind,
    SourceState,
    Story,
    StoryState,
    Trust,
)

__all__ = [
    "FOLDER_ACTOR",
    "MESSAGE",
    "MOST_COMING",
    "MOST_COUNTERS",
    "SELECTORS",
    "SOURCE_SYSTEM",
    "SYSTEM",
    "AlertAiring",
    "AlertIndex",
    "AlertSettings",
    "AllowedSender",
    "Announcement",
    "AnnouncementKind",
    "AnnouncementState",
    "Area",
    "AreaKind",
    "Attachment",
    "Board",
    "Contact",
    "Counter",
    "DocumentKind",
    "DocumentReference",
    "DocumentWay",
    "Format",
    "Hours",
    "Lane",
    "Layout",
    "Level",
    "MailSettings",
    "Media",
    "Mode",
    "Notice",
    "NoticeState",
    "NowServing",
    "OfficeDocument",
    "Original",
    "Outline",
    "OutlinedArea",
    "Owner",
    "PageRules",
    "PdfSignatures",
    "PlanKind",
    "Point",
    "Recurrence",
    "Ring",
    "ServingTurn",
    "Signature",
    "SignatureState",
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
