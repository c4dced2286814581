"""Puts the desk together: one Flask application of its own, made by the desk's process (server.processes.server)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, g, jsonify, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from jinja2 import BaseLoader, FileSystemLoader, PrefixLoader
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from server.core.policy import Right
from server.desk.announcements.composer import composer_pages
from server.desk.announcements.editorial import waiting
from server.desk.announcements.library import media_pages
from server.desk.announcements.queue import queue_pages
from server.desk.api import tokens as token_views
from server.desk.api.v1 import api_pages
from server.desk.auth import mfa
from server.desk.auth.login import door_pages, open_door
from server.desk.auth.my_security import security_pages
from server.desk.auth.rate_limits import count_tries
from server.desk.auth.reauthenticate import confirm_pages
from server.desk.boards.timeline import timeline_pages
from server.desk.boards.views import board_pages
from server.desk.gallery.views import gallery_pages
from server.desk.notices.views import urgent_pages
from server.desk.people.views import people_pages
from server.desk.records.audit import audit_pages
from server.desk.records.proof import proof_pages
from server.desk.screens.views import screens_pages
from server.desk.screens.wall import wall_pages
from server.desk.sources.views import sources_pages
from server.desk.web import assets, layout, rights
from server.desk.web.context import DeskContext
from server.desk.web.i18n import speak
from server.desk.web.public_urls import Application
from server.desk.web.security_headers import shield
from server.setup.config import Config
from server.setup.secret_keys import key
from server.static_files import Packed
from server.store.audit import audit
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreBusy, StoreError
from server.store.people import people, sign_ins, tokens

LARGEST_BODY = 512 * 1024 * 1024
SESSION = "bangtin"

# Every page of the desk, a module each; whoever adds one adds it here.
PAGES: tuple[Callable[[DeskContext], Blueprint], ...] = (
    layout.shell_pages,
    wall_pages,
    sources_pages,
    screens_pages,
    board_pages,
    proof_pages,
    confirm_pages,
    security_pages,
    timeline_pages,
    people_pages,
    audit_pages,
    urgent_pages,
    queue_pages,
    composer_pages,
    media_pages,
    gallery_pages,
)


def desk_app(config: Config, base: Path, data: Path, db: Database, clock: Callable[[], datetime]) -> Flask:
    """The application; ``db`` is a pool that its threads share (this process is not patched by gevent).

    ``base`` is what file sources are relative to.
    """
    desk = DeskContext(db, config, data, clock, base, waiting)
    files = assets.load()
    app = Application("server.desk", root_path=str(Path(__file__).parent), static_folder=None)
    app.jinja_loader = _template_loader()
    app.public_url = config.server.public_url.rstrip("/")
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign] # the WSGI idiom
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    tls = config.server.public_url.startswith("https://")
    _configure(app, data, tls)
    speak(app, desk, data / "words")
    csrf = CSRFProtect(app)
    open_door(app, desk)
    _check_everybody(app, desk)
    desk.serve(app)
    app.register_blueprint(token_views.pages)
    for make in (*PAGES, door_pages):
        app.register_blueprint(make(desk))
    # No cookie opens the API, so no other page can use it with one.
    api = api_pages(desk)
    csrf.exempt(api)
    app.register_blueprint(api)
    count_tries(app, desk)
    _serve_assets(app, files)
    _help_templates(app, desk, files)
    _answer_errors(app)
    shield(app, tls=tls)
    return app


def _template_loader() -> BaseLoader:
    """Names a template ``FEATURE/path``. Flask-Security asks for its mails as ``security/email/…``; auth has them."""
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
        WTF_CSRF_TIME_LIMIT=None,  # a form that was typed into for hours must not be lost; the session ends first
        WTF_CSRF_SSL_STRICT=tls,
    )


def _check_everybody(app: Flask, desk: DeskContext) -> None:
    """The one place where the right of a route is checked before its view runs."""

    @app.before_request
    def check() -> Response | None:
        _recognise(desk)
        if request.endpoint is None:
            return None  # no such page: 404 says so
        right = rights.right_of(app, request.endpoint)
        if right == "public":
            return None
        if request.blueprint == "api":
            _by_key(desk, right)
            return None
        if desk.maybe_person() is None:
            return _to_the_door(desk)
        if right is None or (right != "own" and not desk.may(right)):
            abort(403)
        return mfa.must_set_up(desk)


def _by_key(desk: DeskContext, right: Right | None) -> None:
    """Another program: 401 without a key that works, 403 where the key has not this right."""
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    g.token = tokens.find(desk.db, key.strip(), desk.now()) if kind.lower() == "bearer" else None
    if g.token is None:
        abort(401)
    if right is None or not desk.may(right):
        abort(403)


def _recognise(desk: DeskContext) -> None:
    audit.request_address.set(desk.address())
    g.person = g.sign_in = None
    id = session.get("sign_in")
    if not id:
        return
    found = sign_ins.alive(desk.db, id, desk.now())
    try:
        person = people.by_id(desk.db, found.person) if found else None
    except NotFound:
        person = None
    if found is None or person is None or not person.active:
        session.clear()
        return
    g.person, g.sign_in = person, found


def _to_the_door(desk: DeskContext) -> Response:
    if request.method != "GET" and not request.headers.get("HX-Request"):
        abort(401)
    return desk.go(url_for("security.login", next=request.full_path.rstrip("?") if request.method == "GET" else None))


def _serve_assets(app: Flask, files: assets.Assets) -> None:
    packed = Packed(files.files)

    @app.get("/desk/assets/<build>/<path:name>", endpoint="assets")
    @rights.needs("public")
    def asset(build: str, name: str) -> Response:
        if build != files.build or name not in files.files:
            abort(404)
        return packed.answer(name, files.type_of(name))


def _help_templates(app: Flask, desk: DeskContext, files: assets.Assets) -> None:
    def asset(name: str) -> str:
        if name not in files.files:
            raise LookupError(f"no such asset: {name}")
        return url_for("assets", build=files.build, name=name)

    app.jinja_env.globals.update(asset=asset, may=desk.may, my_areas=desk.areas, me=desk.maybe_person, tree=desk.tree)
    app.jinja_env.globals.update(navigation=lambda: layout.navigation(app, desk), who=lambda: layout.who(desk))
    app.jinja_env.globals.update(endpoints=lambda: app.view_functions, waiting=lambda: desk.waiting())
    app.jinja_env.globals.update(agent_name=layout.agent_name, messages=lambda: layout.messages(desk))
    app.jinja_env.globals.update(csrf_field=_csrf_field, here=_here, _tied=_tied)


def _csrf_field() -> Markup:
    """The hidden field that every form needs which is not a WTForms one."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _here(**changes: object) -> str:
    """This page's address with some of its query changed."""
    asked = {**request.args.to_dict(), **(request.view_args or {}), **changes}
    return url_for(str(request.endpoint), **asked)


def _tied(field: Any) -> dict[str, str]:
    """Attributes that tie a field to its help and its complaints for a screen reader."""
    described = [
        f"{field.id}-{part}" for part, there in (("help", field.description), ("wrong", field.errors)) if there
    ]
    made = {"aria-describedby": " ".join(described)} if described else {}
    return made | ({"aria-invalid": "true"} if field.errors else {})


_API_WORDS = {
    401: "Cần khóa máy còn hiệu lực: Authorization: Bearer KHÓA",
    403: "Khóa máy không có quyền này ở đơn vị ấy",
    404: "Không có",
}


def _answer_errors(app: Flask) -> None:
    @app.errorhandler(CSRFError)
    def csrf(_: CSRFError) -> tuple[str, int]:
        return render_template("web/error.html", code=400, csrf=True), 400

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> tuple[str | Response, int] | HTTPException:
        if error.code is None or error.code < 400:
            return error
        if request.path.startswith("/api/"):
            return jsonify(error=_API_WORDS.get(error.code, str(error.description))), error.code
        return render_template("web/error.html", code=error.code, csrf=False), error.code

    @app.errorhandler(StoreError)
    def store(error: StoreError) -> tuple[str, int]:
        return render_template("web/error.html", code=503, said=str(error), busy=isinstance(error, StoreBusy)), 503
