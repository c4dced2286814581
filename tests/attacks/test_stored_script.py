"""Types script, markup, template code and style into every text field of every form, of the API and of a feed.

The forms are found on their pages, so that the test covers new forms too. The answers are parsed as HTML: no payload
may have become an element, an attribute or an address, or have been evaluated by a template.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from lxml import html

from feeds.reader import read_bytes
from server.content.board_content import board_content
from server.content.store_snapshot import read_snapshot
from server.slides.render import Renderer
from server.store.media import library
from server.store.media.library import LibraryFile
from server.store.screens import screens
from server.store.sources import sources, stories
from tests.cast import NOW
from tests.desk.api.test_v1 import ask, key
from tests.desk.office import EVERYTHING, Browser, Office
from tests.slow import slow_unless
from tests.store.screens.test_screens import paired

MARK = "bt7x"
PAYLOADS = {
    "all": f'<script>{MARK}()</script>"><img src=x onerror={MARK}()>{{{{ 7191*7 }}}}',
    "script": f"<script>{MARK}()</script>",
    "handler": f'"><img src=x onerror={MARK}()>',
    "attribute": f"' onfocus='{MARK}()' autofocus x='",
    "address": f"javascript:{MARK}()",
    "template": "{{ 7191*7 }}{% set a = 7191*7 %}${7191*7}",
    "style": f"</style><style>*{{--{MARK}:1}}</style>",
}
EVALUATED = str(7191 * 7)
PAGES = (
    "/desk/compose/", "/desk/urgent/", "/desk/people/new", "/desk/tokens/", "/desk/webhooks/", "/desk/duty/channels/",
    "/desk/screens/boards/new",
    "/desk/screens/boards/hoi-truong", "/desk/screens/new", "/desk/screens/1", "/desk/sources/look",
    "/desk/sources/tin-tinh", f"/desk/media/{'0' * 16}", "/desk/queue/", "/desk/queue/?tab=draft", "/desk/audit/",
    "/desk/proof/", "/desk/timeline/", "/desk/timeline/week", "/desk/screens/", "/desk/sources/", "/desk/media/",
    "/desk/people/", "/desk/people/toan-quyen", "/desk/security/", "/desk/sources/held", "/desk/wall/",
)  # fmt: skip
# The pages of the items that the forms create.
OF_ITEMS = (
    *(f"/desk/queue/{id}" for id in range(1, 4)), *(f"/desk/compose/{id}" for id in range(1, 4)),
    "/desk/urgent/1", "/desk/people/hoa", *(f"/item/a{id}" for id in range(1, 4)), "/item/s1",
    "/desk/sources/stories/1",
)  # fmt: skip
# Forms without text fields that would end the session or remove what the test needs.
NOT_SENT = re.compile(
    r"log-?out|suspend|remove|panic|discard|undo|revoke|sign-ins|language|forget|tf-|wan-|mf-|change"
)
_TYPED = {"text", "search", "url", "tel", "email", None}


def forms(page: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yields method, address and values of each form on a page; text fields have the value MARK.

    Forms whose address matches NOT_SENT are left out.
    """
    if not page.strip():
        return
    for form in html.fromstring(page).forms:
        if NOT_SENT.search(form.action or ""):
            continue
        buttons = form.xpath(".//button[@name]")
        chosen = [one for one in buttons if one.get("value") == "approve"] or buttons[:1]
        values = {str(name): str(value) for name, value in form.form_values() if name != "csrf_token"}
        values |= {one.get("name"): one.get("value", "") for one in chosen}
        for field in form.xpath(".//input[@name] | .//textarea[@name]"):
            if field.tag == "textarea" or field.get("type") in _TYPED:
                values[field.get("name")] = MARK
        yield form.method, form.action or "", values


def attack(browser: Browser, page: str, payload: str) -> list[str]:
    """Sends every form of a page with ``payload`` in its text fields; returns the HTML of the answers."""
    answers = []
    for method, action, empty in forms(browser.get(page).text):
        values = {name: payload if value == MARK else value for name, value in empty.items()}
        address = action or page
        if method == "GET":
            answers.append(browser.get(f"{address.partition('?')[0]}?{urlencode(values)}").text)
        else:
            answers.append(browser.post(address, values, headers={"Referer": f"http://localhost{page}"}).text)
            # With valid addresses and numbers the form is saved, so that other pages show its texts.
            usual = {name: usual_value(name) or value for name, value in values.items()}
            answers.append(browser.post(address, usual, headers={"Referer": f"http://localhost{page}"}).text)
    return answers


def usual_value(name: str) -> str:
    """A valid value for a field that does not accept free text, such as an email address or an area; else ""."""
    return {
        "email": "hoa@example.vn", "username": "hoa", "link": "https://example.vn/", "address": "", "area": "tinh",
        "slug": "bang-moi", "days": "30", "danger": "khac", "areas": "tinh", "hours": "6", "where": "all",
    }.get(name, "")  # fmt: skip


def breaches(page: str) -> list[str]:
    """Describes each element, attribute and address on a page that a payload made, and an evaluated expression."""
    if not page.lstrip().startswith("<"):
        return []
    found = [f"evaluated: {EVALUATED}"] if EVALUATED in page else []
    for element in html.fromstring(f"<div>{page}</div>").iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in ("script", "style") and MARK in (element.text or "") and not is_data(element):
            found.append(f"<{element.tag}> {element.text}"[:200])
        for name, value in element.attrib.items():
            found += [f"<{element.tag} {name}={value[:80]!r}>"] if is_breach(str(name).lower(), str(value)) else []
            found += breaches(str(value)) if name == "srcdoc" else []
    return found


def is_data(element: html.HtmlElement) -> bool:
    """Whether an element is a block of JSON-LD, which browsers do not run, and its text cannot end it."""
    text = element.text or ""
    if element.tag != "script" or element.get("type") != "application/ld+json" or "<" in text:
        return False
    return isinstance(json.loads(text), dict)


def is_breach(name: str, value: str) -> bool:
    if name.startswith("on") or (name == "style" and MARK in value):
        return True
    return name in ("href", "src", "action", "formaction", "data", "poster") and unsafe(value)


def unsafe(address: str) -> bool:
    return re.sub(r"[\x00-\x20]", "", address).lower().startswith(("javascript:", "data:text", "vbscript:"))


def feed(payload: str) -> bytes:
    """An RSS feed with the payload, escaped and in CDATA, in every element and attribute that the reader uses."""
    escaped = payload.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    texts = [(escaped, "https://tinh.example.vn/1"), (f"<![CDATA[{payload}]]>", escaped), (f"Tin {escaped}", "x")]
    items = "".join(
        f"<item><title>{title} {n}</title><link>{link}</link><description>{title}</description>"
        f"<guid>{n}{escaped}</guid><category>{escaped}</category>"
        f'<enclosure url="{link}" type="image/png" length="5"/></item>'
        for n, (title, link) in enumerate(texts)
    )
    channel = f"<channel><title>{escaped}</title>{items}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'.encode()


@pytest.mark.parametrize("what", slow_unless(("all",), PAYLOADS))
def test_no_text_becomes_markup_script_or_address(office: Office, what: str) -> None:
    payload, db = PAYLOADS[what], office.db
    answers = attack_everything(office, payload)
    browser = office.browser(EVERYTHING)
    answers += [browser.get(page).text for page in (*PAGES, *OF_ITEMS)]
    assert sum(payload.split(MARK)[0][:12] in html_text(answer) for answer in answers) > 5, "the payload has arrived"
    assert [breach for answer in answers for breach in breaches(answer)] == []
    snapshot = read_snapshot(db, office.now + timedelta(minutes=1))
    slides = [slide for one in snapshot.boards for slide in board_content(Renderer(), snapshot, one).slides]
    assert any(what == "address" or MARK in slide.html or "7191" in slide.html for slide in slides)
    assert [breach for slide in slides for breach in breaches(slide.html)] == []
    assert screens.all(db)[0].name == payload


def attack_everything(office: Office, payload: str) -> list[str]:
    """Sends the payload in every text field of every page, by the API and in a feed; returns the answers' HTML."""
    db = office.db
    paired(db, board="hoi-truong", name=payload)
    library.put(db, LibraryFile("0" * 16, 9, 9, "image/webp", 0, "tinh", payload, payload, NOW, payload, 5, None))
    known = sources.get(db, "tin-tinh")
    reading = read_bytes(feed(payload), address="https://tinh.example.vn/rss", zone="Asia/Ho_Chi_Minh", now=NOW)
    stories.save(db, known, reading.entries, images={}, now=NOW)
    sent = {"area": "tinh", "title": payload, "text": payload, "link": "https://x.vn/"}
    token = key(office, "announcement.write", area="tinh")
    assert ask(office, "/api/v1/announcements", token, **sent).status_code == 201
    browser = office.browser(EVERYTHING)
    answers = [answer for page in PAGES for answer in attack(browser, page, payload)]
    office.later(seconds=5)
    return answers


def html_text(page: str) -> str:
    return html.fromstring(page).text_content() if page.lstrip().startswith("<") else page
