"""Operations of the API that read sources with their health."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask import Response
from pydantic import BaseModel, ConfigDict, Field, RootModel

from server.core.model import Source, SourceKind
from server.core.sources.health import Condition
from server.desk.api.v1.blueprint import READ, answer, api
from server.desk.sources.access import source_or_404
from server.desk.sources.view_model import SourceRow, source_row, source_rows
from server.desk.web.error_pages import request_language
from server.desk.web.refusals import said
from server.desk.web.rights import needs


class OfSource(BaseModel):
    """The path parameters of an operation on one source."""

    source: Annotated[str, Field(max_length=60, description="the slug of a source")]


class SourceShape(BaseModel):
    """A source with its health.

    `condition`: `well`, `new` (not read yet), `watch` (look at it), `failing`, `gone` (not read any more); `reason`
    says why. `last_good` is when it was read last, `per_day` how many new stories a day it brings.
    """

    model_config = ConfigDict(title="Source")

    slug: str
    name: str
    kind: SourceKind
    area: str | None
    trust: str
    condition: Condition
    reason: str
    last_good: datetime | None
    per_day: float


class Sources(RootModel[list[SourceShape]]):
    """The sources of the areas of the key, those in the worst condition first."""

    model_config = ConfigDict(title="Sources")


@api.get("/v1/sources", responses={200: Sources, **READ}, summary="Sources with their health")
@needs("source.view")
def all_sources() -> Response:
    """The sources of the areas of the key, those in the worst condition first."""
    return answer(Sources([_shape(row) for row in source_rows()]))


@api.get("/v1/sources/<source>", responses={200: SourceShape, **READ}, summary="One source")
@needs("source.view")
def one_source(path: OfSource) -> Response:
    """A source with its health."""
    found: Source = source_or_404(path.source)
    return answer(_shape(source_row(found)))


def _shape(row: SourceRow) -> SourceShape:
    one = row.source
    return SourceShape(
        slug=one.slug, name=one.name, kind=one.kind, area=one.area, trust=one.trust, condition=row.health.condition,
        reason=said(row.health.sentence, request_language()), last_good=row.state.last_good,
        per_day=row.health.per_day,
    )  # fmt: skip
