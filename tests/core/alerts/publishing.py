"""Builders for the tests of published alerts: notices of the cast, documents, a loop that issues what is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from server.core.alerts.publication import Published, Reach, Step, identifier_of, plan, sent_of
from server.core.alerts.publication_document import Head, Place, ends_of, render
from server.core.model import Notice
from tests.cast import NOW, notice

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SENDER = "canhbao@hungyen.example.vn"
WEB = "https://bangtin.example.vn/board/hoi-truong"
PROVINCE = Place("Tỉnh Hưng Yên", ("VN-66",))


def everybody(_: Notice) -> Reach:
    """Every notice is on a public board."""
    return "public"


def head(identifier: str = identifier_of("e", 1, 1), *, sent: datetime = NOW, **changes: Any) -> Head:
    """The head of a document of the province."""
    made = Head(identifier, SENDER, sent, (PROVINCE,), WEB, ZONE)
    return replace(made, **changes)


@dataclass
class Press:
    """Keeps what was issued, as the store does; `run` issues what is due."""

    epoch: str = "e"
    documents: list[Published] = field(default_factory=list)
    bodies: dict[str, bytes] = field(default_factory=dict)

    def run(
        self, notices: Iterable[Notice], now: datetime, reach: Callable[[Notice], Reach] = everybody
    ) -> list[Step]:
        """Issues what is due at ``now``; returns the steps."""
        by_chain: dict[str, list[Published]] = {}
        for one in self.documents:
            by_chain.setdefault(one.chain, []).append(one)
        open_chains = [
            tuple(chain) for chain in by_chain.values() if chain[-1].kind != "Cancel" and now < chain[-1].ends
        ]
        steps = plan(open_chains, {one.id: one for one in notices}, reach, now)
        for step in steps:
            self._issue(step, now)
        return list(steps)

    def _issue(self, step: Step, now: datetime) -> None:
        version = 1 + sum(one.content.notice == step.content.notice for one in self.documents)
        sent = sent_of(step, now)
        identifier = identifier_of(self.epoch, step.content.notice, version)
        chain = step.before[0].chain if step.before else identifier
        self.documents.append(
            Published(
                identifier, chain, version, step.kind, SENDER, sent, ends_of(step, sent), step.areas, step.content
            )
        )
        self.bodies[identifier] = render(step, head(identifier, sent=sent))


def kinds(steps: Iterable[Step]) -> list[str]:
    return [step.kind for step in steps]


def live(id: int = 1, **changes: Any) -> Notice:
    """A live urgent notice of the province."""
    return notice(id, **changes)
