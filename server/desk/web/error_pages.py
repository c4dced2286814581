"""Error answers: a page of the desk for people, JSON for programs of the API; added by server.desk.app."""

from __future__ import annotations

from flask import Flask, Response, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from server.store.database.errors import StoreBusy, StoreError

_API_MESSAGES = {
    401: "Cần khóa máy còn hiệu lực: Authorization: Bearer KHÓA",
    403: "Khóa máy không có quyền này ở đơn vị ấy",
    404: "Không có",
}


def add_error_pages(app: Flask) -> None:
    """Handles CSRF errors (400), every other HTTP error by its code, and errors of the store (503)."""

    @app.errorhandler(CSRFError)
    def csrf(_: CSRFError) -> tuple[str, int]:
        return render_template("web/error.html", code=400, csrf=True), 400

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> tuple[str | Response, int] | HTTPException:
        if error.code is None or error.code < 400:
            return error
        if request.path.startswith("/api/"):
            return jsonify(error=_API_MESSAGES.get(error.code, str(error.description))), error.code
        return render_template("web/error.html", code=error.code, csrf=False), error.code

    @app.errorhandler(StoreError)
    def store(error: StoreError) -> tuple[str, int]:
        return render_template("web/error.html", code=503, said=str(error), busy=isinstance(error, StoreBusy)), 503
