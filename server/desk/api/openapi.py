"""Makes the OpenAPI 3.1 document of the HTTP API and registers the API; called by server.desk.app and api.page.

flask-openapi makes the description of each operation from the types of its view (docs/decisions/0037). This module
adds what the types do not contain: the right that each operation requires (`needs` declares it), and the header
Idempotency-Key.
"""

from __future__ import annotations

import json
import re
from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, jsonify
from flask_openapi.models import OpenAPISpec
from flask_openapi.models.components import Components
from flask_openapi.models.info import Info
from flask_openapi.models.schema import Schema
from flask_openapi.models.security_scheme import SecurityScheme
from pydantic import ValidationError

from server.desk.api import idempotency
from server.desk.api.source_system import pages as api
from server.desk.api.v1.blueprint import Problem
from server.desk.api.validation import places_of
from server.desk.web import rights
from server.desk.web.error_pages import request_language
from server.desk.web.problems import problem
from server.desk.web.public_urls import Application

VERSION = "3.1.0"
_EXTENSION = "bangtin-openapi"
_REFERENCE = re.compile(r"(#/components/schemas/)(\w+)")
_METHODS = ("get", "post", "put", "delete")
_DESCRIPTION = """Bảng Tin: a province's public bulletin boards.

Every request carries `Authorization: Bearer KEY`. An editor makes keys at the desk, under *Khóa máy*; a key has some
rights in some areas until a date. Errors are problem details (RFC 9457), in the language of `Accept-Language`
(`vi`, `en`). Lists have `items` and `next`: ask again with `cursor` set to it. docs/api.md has examples.
"""

# Any: the document is JSON, of the shape that the specification of OpenAPI describes.
Document = dict[str, Any]
pages = Blueprint("api_description", __name__, url_prefix="/api")


@pages.get("/openapi.json")
@rights.needs("public")
def openapi() -> Response:
    """Answers with the OpenAPI document of this API as JSON; no API key is needed."""
    answer = jsonify(document(current_app))
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


def serve_api(app: Application) -> None:
    """Registers the operations of the API in ``app``.

    Also makes ``app`` answer 422, with each error, to a request whose parameters or body do not have the declared
    types.
    """
    app.validation_error_callback = _refuse
    app.register_blueprint(api)
    app.register_blueprint(pages)


def document(app: Flask) -> Document:
    """Returns the OpenAPI document of ``app``, which is made at the first call and kept."""
    made: Document | None = app.extensions.get(_EXTENSION)
    if made is None:
        made = app.extensions[_EXTENSION] = _document(app)
    return made


def _refuse(error: ValidationError) -> Response:
    found = places_of(error, request_language())
    return problem(422, "; ".join(f"{place}: {message}" for place, message in found), found)


def _document(app: Flask) -> Document:
    schemas = {**api.components_schemas, **_own_schemas()}
    spec = OpenAPISpec(
        openapi=VERSION,
        info=Info(title="Bảng Tin", version="1", description=_DESCRIPTION),
        paths=api.paths,
        components=Components(
            schemas=schemas, securitySchemes={"key": SecurityScheme(type="http", scheme="bearer")}
        ),
    )  # fmt: skip
    made = _renamed(json.loads(spec.model_dump_json(by_alias=True, exclude_none=True)))
    needed = _rights(app)
    for path, methods in made["paths"].items():
        for method in _METHODS:
            if method in methods:
                _complete(methods[method], method, needed[method, path])
    return made


def _renamed(document: Document) -> Document:
    """Returns the document with each schema under its title instead of its generated name.

    flask-openapi names a schema that is nested in another one after its class; references are changed, too.
    """
    schemas = document["components"]["schemas"]
    names = {name: one.get("title", name) for name, one in schemas.items()}
    document["components"]["schemas"] = {names[name]: one for name, one in schemas.items()}
    text = json.dumps(document)
    return cast(Document, json.loads(_REFERENCE.sub(lambda found: f"{found[1]}{names[found[2]]}", text)))


def _own_schemas() -> dict[str, Schema]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    inner = schema.pop("$defs")
    return {name: Schema(**one) for name, one in {"Problem": schema, **inner}.items()}


def _rights(app: Flask) -> dict[tuple[str, str], str]:
    """Returns a mapping (method in lower case, path as in the document) -> the right that `needs` declares for it."""
    found: dict[tuple[str, str], str] = {}
    for rule in app.url_map.iter_rules():
        need = rights.need_of(app, rule.endpoint)
        if need is not None and rule.rule.startswith("/api/"):
            path = re.sub(r"<(?:[^<:]+:)?([^>]+)>", r"{\1}", rule.rule)
            found |= {(method.lower(), path): need.right for method in rule.methods or ()}
    return found


def _complete(operation: Document, method: str, right: str) -> None:
    operation["responses"]["403"]["description"] = f"the key has not {right}"
    operation["x-right"] = right
    operation.pop("tags", None)
    if method == "post":
        operation.setdefault("parameters", []).append(
            {
                "name": idempotency.HEADER,
                "in": "header",
                "required": False,
                "description": "a text of your own choice: a request that is sent again with it is not done twice",
                "schema": {"type": "string", "pattern": idempotency.PATTERN},
            }
        )
