"""The OpenAPI 3.1 document of the HTTP API; called by server.desk.api.v1. A test compares it with the routes."""

from __future__ import annotations

_PATHS = {
    "/api/v1/areas": ("get", "board.view", "Areas that the key may read"),
    "/api/v1/boards": ("get", "board.view", "Boards of these areas"),
    "/api/v1/screens": ("get", "screen.view", "Screens of these areas, and when each was heard last"),
    "/api/v1/announcements/{id}": ("get", "announcement.write", "What has become of an announcement"),
    "/api/v1/announcements": ("post", "announcement.write", "Hand in an announcement; it waits for an editor"),
}


def description(submission: dict[str, object]) -> dict[str, object]:
    """The OpenAPI document; ``submission`` is the JSON Schema of a posted announcement."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Bảng Tin", "version": "1"},
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        "paths": paths(submission),
    }


def paths(submission: dict[str, object]) -> dict[str, dict[str, object]]:
    """The ``paths`` of the document: path -> method -> operation; ``submission`` as in `description`."""
    return {
        path: {method: _operation(path, method, right, summary, submission)}
        for path, (method, right, summary) in _PATHS.items()
    }


def _operation(path: str, method: str, right: str, summary: str, submission: dict[str, object]) -> dict[str, object]:
    refusals = {"401": "no key, or one that is over", "403": f"the key has not {right}"}
    posts = method == "post"
    answers = {"201": "handed in", "422": "what is wrong with it"} if posts else {"200": "an answer"}
    made: dict[str, object] = {
        "summary": summary,
        "security": [{"key": []}],
        "responses": {code: {"description": text} for code, text in {**answers, **refusals}.items()},
    }
    if posts:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": submission}}}
    if "{id}" in path:
        made["parameters"] = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]
    return made
