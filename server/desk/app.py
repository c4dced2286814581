"""Builds the Flask application of the desk; called once by the desk process (server.processes.desk) and by tests."""

from __future__ import annotations

import time
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
from server.desk.api import page as api_page
from server.desk.api import tokens as token_views
from server.desk.api import v1
from server.desk.api.openapi import serve_api
from server.desk.areas import details_views, import_views, plan_views
from server.desk.areas import views as area_views
from server.desk.auth import my_security, one_time_login, reauthenticate
from server.desk.auth.access import check_every_request
from server.desk.auth.login import set_up_login
from server.desk.auth.overload import OverloadMiddleware
from server.desk.auth.passwords import TooManyWait
from server.desk.auth.rate_limits import limit_attempts
from server.desk.auth.session_value import report_sessions
from server.desk.boards import timeline
from server.desk.boards import views as board_views
from server.desk.duty import channel_views, own_views, roster_views
from server.desk.duty import views as duty_views
from server.desk.gallery import views as gallery_views
from server.desk.notices import strips
from server.desk.notices import views as notice_views
from server.desk.notices.alerts import views as received_alert_views
from server.desk.people import mails
from server.desk.people import views as people_views
from server.desk.public import alert_views, item_views, notice_page, push_views, site_views
from server.desk.public import board_views as public_board_views
from server.desk.public.feeds import calendar_views, data_views, embed_views, feed_views, hub_views
from server.desk.public.former_areas import redirect_former_areas
from server.desk.public.levels import push_views as levels_push_views
from server.desk.public.levels import server_views
from server.desk.records import audit, proof, source_system
from server.desk.screens import panic, wall
from server.desk.screens import views as screen_views
from server.desk.sources import adding_views as source_adding_views
from server.desk.sources import alert_views as alert_source_views
from server.desk.sources import mail_views as mail_source_views
from server.desk.sources import opml_views, story_views
from server.desk.sources import server_views as server_source_views
from server.desk.sources import views as source_views
from server.desk.web import assets, layout, rights
from server.desk.web.context import DeskContext
from server.desk.web.error_pages import WAIT_SECONDS, ErrorPages, add_error_pages
from server.desk.web.i18n import set_up_languages
from server.desk.web.public_urls import Application, refuse_foreign_hosts
from server.desk.web.request import CONVERTERS, CleanRequest
from server.desk.web.security_headers import add_security_headers
from server.desk.web.template_globals import add_template_globals
from server.desk.webhooks import views as webhook_views
from server.security_headers import SECURE_SESSION_COOKIE, SESSION_COOKIE
from server.setup.allowed_hosts import AllowedHosts
from server.setup.config import Config
from server.setup.secret_keys import key
from server.static_files import Assets
from server.store.database.engine import Database
from server.store.people.sign_in_ages import SignInAges
from server.trailing_slashes import redirect_trailing_slashes

LARGEST_BODY = 512 * 1024 * 1024


class ViewModule(Protocol):
    """A module that defines views on a blueprint named ``pages``."""

    pages: Blueprint


# The views of every feature. A new page of the desk is added here.
VIEWS: tuple[ViewModule, ...] = (
    layout,
    wall,
    source_views,
    source_adding_views,
    opml_views,
    alert_source_views,
    mail_source_views,
    story_views,
    screen_views,
    panic,
    board_views,
    proof,
    source_system,
    reauthenticate,
    my_security,
    timeline,
    details_views,
    import_views,
    plan_views,
    area_views,
    people_views,
    mails,
    audit,
    notice_views,
    received_alert_views,
    queue,
    composer,
    library,
    gallery_views,
    token_views,
    webhook_views,
    duty_views,
    roster_views,
    channel_views,
    own_views,
    api_page,
    one_time_login,
    site_views,
    public_board_views,
    item_views,
    notice_page,
    push_views,
    alert_views,
    feed_views,
    calendar_views,
    data_views,
    embed_views,
    hub_views,
    server_source_views,
    server_views,
    levels_push_views,
)


def desk_app(
    config: Config,
    base: Path,
    data: Path,
    db: Database,
    clock: Callable[[], datetime],
    monotonic: Callable[[], float] = time.monotonic,
) -> Flask:
    """Returns the desk's Flask application, with all its views and middleware.

    The application's threads share the connection pool of ``db`` (gevent does not patch this process). ``data`` is
    the folder of the database, the media and the keys; ``base`` is the folder that the paths of file sources are
    relative to. ``clock`` returns the time as an aware UTC datetime, ``monotonic`` the seconds of a monotonic clock.
    """
    desk = DeskContext(db, config, data, clock, base, SignInAges(monotonic), count_waiting)
    files = assets.load()
    app = Application("server.desk", root_path=str(Path(__file__).parent), static_folder=None)
    app.jinja_loader = _template_loader()
    app.request_class = CleanRequest
    app.url_map.converters.update(CONVERTERS)
    app.public_url = config.server.public_url.rstrip("/")
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign] # the WSGI idiom
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    tls = config.server.public_url.startswith("https://")
    _configure(app, data, tls)
    set_up_languages(app, desk, data / "words")
    csrf = CSRFProtect(app)
    hasher = set_up_login(app, desk)
    refuse_foreign_hosts(app, AllowedHosts(config.server.public_url, config.server.hosts))
    redirect_trailing_slashes(app)
    check_every_request(app, desk)
    redirect_former_areas(app)
    report_sessions(app, desk)
    desk.serve(app)
    for views in VIEWS:
        app.register_blueprint(views.pages)
    # The API takes no cookie, so another site cannot make a browser use it.
    csrf.exempt(v1.pages)
    csrf.exempt(hub_views.pages)  # subscribers are programs; a request changes nothing until its callback agrees
    csrf.exempt(levels_push_views.pages)  # hubs are programs; a signed push only makes the worker read its source
    # Web Push has no session; its requests must come from a page of this server (push_requests).
    csrf.exempt(push_views.pages)
    serve_api(app)
    limit_attempts(app, desk)
    _serve_assets(app, files)
    add_template_globals(app, desk, files)
    # Every page shows the live notices and the button of panic mode. Those features import web, so web cannot add
    # them.
    app.jinja_env.globals.update(live_strips=strips.fragment, panic_button=panic.button, alarm_strip=duty_views.strip)
    errors = ErrorPages(f"/desk/assets/{files.build}/desk.css")
    add_error_pages(app, errors, overloaded=TooManyWait)
    add_security_headers(app, tls=tls)
    middleware = OverloadMiddleware(app.wsgi_app, hasher.is_full, errors.overloaded, WAIT_SECONDS)
    app.wsgi_app = middleware  # type: ignore[method-assign] # the WSGI idiom
    return app


def _template_loader() -> BaseLoader:
    """Returns a loader of templates by name: ``FEATURE/path`` is read from FEATURE/templates.

    Flask-Security's names, ``security/…``, are read from auth/templates.
    """
    features = {one.parent.name: FileSystemLoader(one) for one in Path(__file__).parent.glob("*/templates")}
    return PrefixLoader({**features, "security": features["auth"]})


def _configure(app: Flask, data: Path, tls: bool) -> None:
    app.config.update(
        SECRET_KEY=key(data, "desk"),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        SESSION_COOKIE_NAME=SECURE_SESSION_COOKIE if tls else SESSION_COOKIE,
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
