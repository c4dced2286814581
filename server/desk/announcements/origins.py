"""Says of announcements that came from another server which level has imposed them; called by the queue's views."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext

from server.desk.web.context import desk
from server.desk.web.names import area_name, source_name
from server.store.levels import items


def origins(ids: Collection[int]) -> dict[int, str]:
    """Returns id of an announcement -> where it came from, in words; those that were written here are missing."""
    found = items.of_local(desk.db, ("announcement", "posting"), ids)
    return {
        id: str(gettext("do %(area)s áp xuống", area=area_name(one.imposed)))
        if one.imposed
        else str(gettext("từ máy chủ «%(name)s»", name=source_name(one.source)))
        for id, one in found.items()
    }
