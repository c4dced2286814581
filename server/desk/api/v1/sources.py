"""API operations that read sources and their health; registered by api.v1."""

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
    """The path parameter of an operation on one source: its slug."""

    source: Annotated[str, Field(max_length=60, description="the slug of a source")]


class SourceShape(BaseModel):
    """A source with its health.

    `condition` is `well`, `new` (not read yet), `watch` (somebody should look at it), `failing` or `gone` (not read
    any more); `reason` says why in a sentence. `last_good` is when it was last read successfully, null if never.
    `per_day` is how many new stories it brings a day.
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
    """The sources in the areas of the API key, those in the worst condition first."""

    model_config = ConfigDict(title="Sources")


@api.get("/v1/sources", responses={200: Sources, **READ}, summary="Sources with their health")
@needs("source.view")
def all_sources() -> Response:
    """Lists the sources in the areas of the API key, those in the worst condition first."""
    return answer(Sources([_shape(row) for row in source_rows()]))


@api.get("/v1/sources/<source>", responses={200: SourceShape, **READ}, summary="One source")
@needs("source.view")
def one_source(path: OfSource) -> Response:
    """Reads one source with its health."""
    found: Source = source_or_404(path.source)
    return answer(_shape(source_row(found)))


def _shape(row: SourceRow) -> SourceShape:
    one = row.source
    return SourceShape(
        slug=one.slug, name=one.name, kind=one.kind, area=one.area, trust=one.trust, condition=row.health.condition,
        reason=said(row.health.sentence, request_language()), last_good=row.state.last_good,
        per_day=row.health.per_day,
    )  # fmt: skip
