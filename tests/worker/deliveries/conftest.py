"""Fixtures of the tests of deliveries: an office, a subscriber, and the hub between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.desk.conftest import office, office_template
from tests.desk.office import Office
from tests.worker.deliveries.hook_case import HookCase, sender_of
from tests.worker.deliveries.hub_case import HubCase, hub_case
from tests.worker.deliveries.subscriber import Subscriber, subscriber

__all__ = ["office", "office_template"]  # fixtures that pytest finds by their names here


@pytest.fixture
def receiver() -> Iterator[Subscriber]:
    with subscriber() as found:
        yield found


@pytest.fixture
def hub(office: Office, receiver: Subscriber) -> Iterator[HubCase]:
    with hub_case(office, receiver) as case:
        yield case


@pytest.fixture
def case(office: Office, receiver: Subscriber) -> Iterator[HookCase]:
    found = HookCase(office, receiver, sender_of(office))
    yield found
    receiver.free.set()
    found.sender.close()
