"""Builds the Flask application of the desk; called once by the desk process (server.processes.desk) and by tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from flask import Blueprint, Flask, Response, abort
from flask_wtf.csrf import CSRFProtect
from jinja2 import BaseLoader, FileSystemLoader, PrefixLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from server.desk.announcements import composer, library, queue
from server.desk.announcements.access import count_waiting
from server.desk.api import tokens as token_views
from server.desk.api import v1
from server.desk.auth import my_security, one_time_login, reauthenticate
from server.desk.auth.access import check_every_request
from server.desk.auth.login import set_up_login
from server.desk.auth.rate_limits import limit_attempts
from server.desk.boards import timeline
from server.desk.boards import views as board_views
from server.desk.gallery import views as gallery_views
from server.desk.notices import views as notice_views
from server.desk.people import views as people_views
from server.desk.records import audit, proof
from server.desk.screens import views as screen_views
from server.desk.screens import wall
from server.desk.sources import views as source_views
from server.desk.web import assets, layout, rights
from server.desk.web.context import DeskContext
from server.desk.web.error_pages import add_error_pages
from server.desk.web.i18n import set_up_languages
from server.desk.web.public_urls import Application
from server.desk.web.security_headers import add_security_headers
from server.desk.web.template_globals import add_template_globals
from server.setup.config import Config
from server.setup.secret_keys import key
from server.static_files import Assets
from server.store.database.engine import Database

LARGEST_BODY = 512 * 1024 * 1024
SESSION = "bangtin"


class ViewModule(Protocol):
    """A module of views: its blueprint is called ``pages``."""

    pages: Blueprint


# The views of every feature. A new page of the desk is added here.
VIEWS: tuple[ViewModule, ...] = (
    layout,
    wall,
    source_views,
    screen_views,
    board_views,
    proof,
    reauthenticate,
    my_security,
    timeline,
    people_views,
    audit,
    notice_views,
    queue,
    composer,
    library,
    gallery_views,
    token_views,
    one_time_login,
)


def desk_app(config: Config, base: Path, data: Path, db: Database, clock: Callable[[], datetime]) -> Flask:
    """The application; ``db`` is a pool that its threads share (gevent does not patch this process).

    ``base`` is the folder that the paths of file sources are relative to.
    """
    desk = DeskContext(db, config, data, clock, base, count_waiting)
    files = assets.load()
    app = Application("server.desk", root_path=str(Path(__file__).parent), static_folder=None)
    app.jinja_loader = _template_loader()
    app.public_url = config.server.public_url.rstrip("/")
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign] # the WSGI idiom
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    tls = config.server.public_url.startswith("https://")
    _configure(app, data, tls)
    set_up_languages(app, desk, data / "words")
    csrf = CSRFProtect(app)
    set_up_login(app, desk)
    check_every_request(app, desk)
    desk.serve(app)
    for views in VIEWS:
        app.register_blueprint(views.pages)
    # The API takes no cookie, so another site cannot make a browser use it.
    csrf.exempt(v1.pages)
    app.register_blueprint(v1.pages)
    limit_attempts(app, desk)
    _serve_assets(app, files)
    add_template_globals(app, desk, files)
    add_error_pages(app)
    add_security_headers(app, tls=tls)
    return app


def _template_loader() -> BaseLoader:
    """Loads ``FEATURE/path`` from FEATURE/templates, and Flask-Security's ``security/…`` from auth/templates."""
    features = {one.parent.name: FileSystemLoader(one) for one in Path(__file__).parent.glob("*/templates")}
    return PrefixLoader({**features, "security": features["auth"]})


def _configure(app: Flask, data: Path, tls: bool) -> None:
    app.config.update(
        SECRET_KEY=key(data, "desk"),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        SESSION_COOKIE_NAME=f"__Host-{SESSION}" if tls else SESSION,
        SESSION_COOKIE_SECURE=tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=None,  # tokens last as long as the session, so that a form may stay open for hours
        WTF_CSRF_SSL_STRICT=tls,
    )


def _serve_assets(app: Flask, files: Assets) -> None:
    @app.get("/desk/assets/<build>/<path:name>", endpoint="assets")
    @rights.needs("public")
    def asset(build: str, name: str) -> Response:
        if build != files.build or name not in files.files:
            abort(404)
        return files.answer(name)
