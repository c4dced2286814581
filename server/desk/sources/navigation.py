"""Where the views of sources lead after a form; called by all of them."""

from __future__ import annotations

from flask import Response, flash, url_for

from server.desk.web.context import desk


def to_source(slug: str, sentence: str, *, kind: str = "info", anchor: str | None = None) -> Response:
    """Redirects to the page of a source with the message ``sentence`` ("info", "good" or "error")."""
    flash(sentence, kind)
    return desk.go(url_for("sources.one", slug=slug, _anchor=anchor))
