"""The blueprint of the HTTP API: the errors of all operations, and what runs before and after each; used by api.v1.

Before a view, the API key's rate limit and the Idempotency-Key are checked. After it, answers to reading requests get
an ETag. server.desk.auth.access checks the right that each view declares by `needs`.
"""

from __future__ import annotations

from typing import Final

from flask import Response, abort, g, request
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.types import ResponseDict
from pydantic import BaseModel, ConfigDict

from server.desk.api import idempotency, limits
from server.desk.web.problems import TYPE
from server.store.people.tokens import Token


class Problem(BaseModel):
    """An error as problem details (RFC 9457). `error` repeats `detail`."""

    model_config = ConfigDict(title="Problem")

    class Place(BaseModel):
        """An error at one place of the request: `place` is the path of the wrong value, `message` a sentence."""

        model_config = ConfigDict(title="ProblemPlace")

        place: str
        message: str

    type: str
    title: str
    status: int
    detail: str
    error: str
    errors: list[Place] = []


_PROBLEM: Final = {TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def problems(**by_status: str) -> ResponseDict:
    """Returns the part of an operation's ``responses`` that describes its errors: status -> description.

    For example ``problems(_404="no such board")``.
    """
    return {name.removeprefix("_"): {"description": text, "content": _PROBLEM} for name, text in by_status.items()}


_EVERY = problems(
    _400="the request is malformed",
    _401="no key, or one that is over",
    _403="the key has not the right",
    _429="too many requests; Retry-After says in how many seconds the next one is answered",
    _503="the store is busy or away; Retry-After says in how many seconds to try again",
)
READ: ResponseDict = {
    "304": {"description": "nothing has changed since the answer with the ETag of If-None-Match"},
    **problems(_404="there is no such thing in the areas of the key", _422="a parameter is wrong"),
}
WRITE = problems(
    _404="there is no such thing in the areas of the key",
    _409="not possible any more, or the same Idempotency-Key is running",
    _411="the length of the body is missing",
    _413="the body is too large",
    _422="what is wrong with it, or the Idempotency-Key was used for another body",
)
api = APIBlueprint("api", __name__, url_prefix="/api", abp_security=[{"key": []}], abp_responses=_EVERY)


def token() -> Token:
    """Returns the API key of the current request; answers 401 if it has none."""
    found: Token | None = g.get("token")
    if found is None:
        abort(401)
    return found


def answer(body: BaseModel, status: int = 200) -> Response:
    """Returns a response with the model as JSON; the keys are the aliases of its fields."""
    return Response(body.model_dump_json(by_alias=True), status, content_type="application/json")


@api.before_request
def begin() -> Response | None:
    """Runs before each view; returns None to let it run, or the answer to send instead.

    There is such an answer if the API key has exceeded its limit, or if the same request was sent before.
    """
    if g.get("token") is None:
        return None
    if request.method not in ("GET", "HEAD") and request.mimetype != "multipart/form-data":
        # Read here once, also where a client does not say that it sends JSON; views get the same value.
        request.get_json(force=True, silent=True)
    return limits.refusal(token().id) or idempotency.begin(token().id)


@api.after_request
def finish(made: Response) -> Response:
    """Runs after each view: stores the answer for the Idempotency-Key.

    A GET or HEAD that is answered by 200 also gets an ETag.
    """
    idempotency.end(made)
    if request.method in ("GET", "HEAD") and made.status_code == 200:
        made.headers.setdefault("Cache-Control", "private, no-cache")
        made.vary.add("Authorization")
        made.add_etag()
        made.make_conditional(request)
    return made
