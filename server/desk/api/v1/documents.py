"""The API operation by which an e-office system hands in electronic documents (edXML); registered by api.v1.

A document becomes a draft that waits for an editor; a recall withdraws the posting at once. The operation has a right
of its own, so that the key of an e-office system can do nothing else.
"""

from __future__ import annotations

from typing import Literal

from flask import Response
from flask_openapi.models.file import FileStorage
from pydantic import BaseModel, ConfigDict

from feeds.errors import ParseError
from feeds.formats.edxml.prepass import MOST_BYTES
from server.core.model import DocumentKind
from server.desk.api import idempotency
from server.desk.api.v1.blueprint import WRITE, answer, api, token
from server.desk.api.v1.inputs import Sent, Text
from server.desk.api.words import say
from server.desk.web.context import desk
from server.desk.web.document_intake import intake
from server.desk.web.error_pages import request_language
from server.desk.web.problems import problem
from server.desk.web.refusals import said
from server.desk.web.rights import needs


class DocumentForm(Sent):
    """An electronic document (edXML) for an area, as multipart/form-data."""

    model_config = ConfigDict(title="DocumentUpload")

    area: Text
    file: FileStorage


class DocumentShape(BaseModel):
    """What became of a document.

    `outcome` is `draft` (it waits for an editor), `known` (it was taken before), `recalled` (its posting was
    withdrawn) or `nothing to recall`. `kind` is `update` also for a document that came before with another content.
    `announcement` is the id of its draft, `related` that of the posting that it replaces, updates or recalls.
    """

    model_config = ConfigDict(title="Document")

    outcome: Literal["draft", "known", "recalled", "nothing to recall"]
    kind: DocumentKind
    number: str
    title: str
    announcement: int | None
    related: int | None
    message: str
    notes: list[str]


@api.post("/v1/documents", responses={201: DocumentShape, **WRITE}, summary="Hand in an electronic document (edXML)")
@needs("document.write", factor="none")
def hand_in_document(form: DocumentForm) -> Response:
    """Makes a draft of a statutory posting of the document; a recall withdraws the posting.

    Answers 413 for more than 50 MB; 422, with the reason, for a document that cannot be read or is marked as secret
    or internal, of which nothing is kept. The same document makes one draft, however often it is sent.
    """
    desk.require("document.write", form.area)
    body = form.file.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return problem(413, say("too large", most=MOST_BYTES // 2**20))
    try:
        taken = intake().take_document(body, way="api", actor=token().actor, area=form.area)
    except ParseError as error:
        if error.code == "secret":
            idempotency.forget()
        return problem(422, said(error.message, request_language()))
    one = taken.document
    shape = DocumentShape(
        outcome=taken.outcome, kind=one.kind, number=one.code, title=one.subject, announcement=one.announcement,
        related=one.related, message=said(taken.sentence, request_language()),
        notes=[said(note, request_language()) for note in one.notes],
    )  # fmt: skip
    return answer(shape, 201)
