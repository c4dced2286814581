"""Types of values that clients of the API send, shared by the models of several operations in api.v1."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from server.core.text_input import LARGEST_NUMBER, cleaned
from server.core.times import FIRST_YEAR, LAST_YEAR, plausible


def _plausible(instant: datetime) -> datetime:
    if not plausible(instant):
        raise PydanticCustomError("time", f"the year must lie within {FIRST_YEAR} to {LAST_YEAR}")
    return instant


def _text(value: object) -> object:
    # pydantic would also take a number, as seconds since 1970.
    if not isinstance(value, str) or value.strip().lstrip("+-").replace(".", "", 1).isdigit():
        raise PydanticCustomError("time", "must be a time in ISO 8601")
    return value


CLEAN = BeforeValidator(lambda value: cleaned(value) if isinstance(value, str) else value)
"""Removes control characters from a text before its length and form are checked."""
Text = Annotated[str, CLEAN]
Instant = Annotated[AwareDatetime, AfterValidator(_plausible), BeforeValidator(_text)]
"""A time in ISO 8601 with its offset, in the years 2000 to 2100."""
Id = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]


class Sent(BaseModel):
    """The base class of the bodies that clients send: a body with an unknown field is refused."""

    model_config = ConfigDict(extra="forbid")


class ById(BaseModel):
    """The path parameter of an operation on one object that is named by its id."""

    id: Id


class OfBoard(BaseModel):
    """The path parameter of an operation on one board: its slug."""

    board: Annotated[str, Field(max_length=60, description="the slug of a board")]
