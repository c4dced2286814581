"""A program that uses the API: its key, and requests with it; used by the tests of this package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from server.core.policy import Right
from server.setup.config import Config
from server.setup.config_sections import ApiSection, PeopleSection
from server.store.people import people, tokens
from server.store.people.tokens import GIVEN, ON_BOARDS
from tests.cast import BOARD_MINH_TAN, DAY, EDITOR, NOW
from tests.desk.office import Office

UNLIMITED = Config(
    people=PeopleSection(second_factor=False), api=ApiSection(reads_per_minute=10**6, writes_per_minute=10**6)
)
EVERY_RIGHT: tuple[Right, ...] = GIVEN


@dataclass(frozen=True, slots=True)
class Program:
    """A client of the API with its key."""

    office: Office
    key: str

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.office.app.test_client().get(f"/api/v1/{path}", headers=self._headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        sent = {} if body is None else body
        return self.office.app.test_client().post(f"/api/v1/{path}", json=sent, headers=self._headers(headers))

    def put(self, path: str, body: Any) -> TestResponse:
        return self.office.app.test_client().put(f"/api/v1/{path}", json=body, headers=self._headers({}))

    def delete(self, path: str) -> TestResponse:
        return self.office.app.test_client().delete(f"/api/v1/{path}", headers=self._headers({}))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", **{name.replace("_", "-"): one for name, one in more.items()}}


def program(
    office: Office, *rights: Right, area: str = "xa-minh-tan", boards: Sequence[str] = (BOARD_MINH_TAN.slug,)
) -> Program:
    """A program with a key of these rights (all, if none are named) in one area, made by the editor.

    ``boards`` are those of its messages and numbers.
    """
    given = rights or EVERY_RIGHT
    key = tokens.make(
        office.db, "Một cửa", given, [area], by=people.get(office.db, EDITOR.slug), until=NOW + 9 * DAY, now=NOW,
        boards=() if ON_BOARDS.isdisjoint(given) else boards,
    )  # fmt: skip
    return Program(office, key)


def data(answer: TestResponse) -> Any:
    """The JSON of an answer that was successful."""
    assert answer.status_code < 300, answer.text
    return answer.get_json()
