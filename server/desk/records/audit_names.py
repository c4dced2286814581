"""Finds the names for usernames, slugs and ids in audit records; called by audit_text, audit and posting."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from flask_babel import gettext

from server.core.announcements.search_text import without_marks
from server.core.model import FOLDER_ACTOR, SOURCE_SYSTEM, SYSTEM
from server.core.sources.mail.composition import ACTOR
from server.desk.web.context import desk
from server.desk.web.names import area_name, board_name, source_name
from server.store.audit import names
from server.store.sources.sources import CONFIG_ACTOR

# Kinds with few objects: the names of all of them are read in one query. Of other kinds, only the requested names.
_FEW = frozenset({"person", "area", "board", "source", "screen", "token", "webhook"})

_TOLD_APART = {"area": area_name, "board": board_name, "source": source_name}


class Names:
    """Finds the names of objects and caches them for one request; reads them from the store when first requested."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, str]] = {}

    def prepare(self, kind: str, keys: Collection[str]) -> None:
        """Reads the names of the objects with these keys in one query, so that `of` needs no query for each."""
        if kind not in _FEW:
            self._known.setdefault(kind, {}).update(names.some_of(desk.db, kind, keys))

    def of(self, kind: str, key: str) -> str:
        """Returns the name of the object of this kind with this key (username, slug or id); "" if there is none."""
        known = self._known.get(kind)
        if known is None and kind in _FEW:
            known = self._known[kind] = names.all_of(desk.db, kind)
        if known is None or (key not in known and kind not in _FEW):
            known = self._known.setdefault(kind, {})
            known[key] = names.some_of(desk.db, kind, [key]).get(key, "")
        return known.get(key, "")

    def with_place(self, kind: str, key: str, name: str) -> str:
        """Returns ``name``, with its place if another object has the same name: "Cổng thông tin (xã Minh Tân)"."""
        apart = _TOLD_APART[kind](key) if kind in _TOLD_APART else ""
        return apart if apart.startswith(f"{name} (") else name

    def actor(self, actor: str) -> str:
        """Describes an audit actor: the name of a person, program or screen, or words for the system or a command."""
        if actor == SYSTEM:
            return str(gettext("Hệ thống"))
        if actor == CONFIG_ACTOR:
            return str(gettext("Tệp cấu hình config.toml"))
        if actor == SOURCE_SYSTEM:
            return str(gettext("Hệ thống thông tin nguồn"))
        if actor == FOLDER_ACTOR:
            return str(gettext("Thư mục nhận văn bản điện tử"))
        if actor.startswith("os:"):
            return str(gettext("Lệnh trên máy chủ (%(user)s)", user=actor.removeprefix("os:")))
        if actor.startswith("screen/"):  # a device fetches its key itself
            screen = self.of("screen", actor.removeprefix("screen/"))
            return str(gettext("Màn hình «%(name)s»", name=screen)) if screen else str(gettext("Màn hình"))
        if actor.startswith("source:"):  # an alert of the source was shown, changed or ended
            source = self.of("source", actor.removeprefix("source:"))
            return str(gettext("Nguồn tin «%(name)s»", name=source)) if source else str(gettext("Nguồn tin đã bỏ"))
        if actor.startswith(ACTOR):
            return str(gettext("Thư của %(address)s", address=actor.removeprefix(ACTOR)))
        if actor.startswith("token:"):
            token = self.of("token", actor.removeprefix("token:"))
            return str(gettext("Khóa máy «%(name)s»", name=token)) if token else str(gettext("Khóa máy đã bỏ"))
        return self.of("person", actor) or actor

    def actors_like(self, words: str) -> frozenset[str]:
        """Returns the audit actors whose name contains ``words``, ignoring diacritics.

        ``words`` itself is included as an actor.
        """
        wanted = without_marks(words)
        people, tokens = names.all_of(desk.db, "person"), names.all_of(desk.db, "token")
        read = names.all_of(desk.db, "source")
        known: Mapping[str, str] = {
            **people,
            **{f"token:{id}": name for id, name in tokens.items()},
            **{f"source:{slug}": name for slug, name in read.items()},
            SYSTEM: self.actor(SYSTEM),
            CONFIG_ACTOR: self.actor(CONFIG_ACTOR),
            SOURCE_SYSTEM: self.actor(SOURCE_SYSTEM),
        }
        return frozenset({words, *(actor for actor, name in known.items() if wanted in without_marks(name))})
