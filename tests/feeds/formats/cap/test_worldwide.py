"""Documents as sources all over the world write them, each against values that were read from it by hand."""

from __future__ import annotations

import pytest

from tests.feeds.formats.cap.cases import Case, value_at
from tests.feeds.formats.cap.cases_languages import LANGUAGES
from tests.feeds.formats.cap.cases_odd import ODD
from tests.feeds.formats.cap.cases_services import SERVICES
from tests.feeds.formats.cap.documents import one

CASES = (*SERVICES, *LANGUAGES, *ODD)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_document_is_read_as_it_is_meant(case: Case) -> None:
    got = one(case.body.encode(case.encoding), zone=case.zone)
    assert {path: value_at(got, path) for path in case.expected} == case.expected
    assert (got.notes, got.draft_only) == (case.notes, case.draft_only)
