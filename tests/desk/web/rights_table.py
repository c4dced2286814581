"""Who may use which route: tables written by hand, read by test_rights and test_foreign_areas.

``ROUTES`` maps method and rule (as in ``app.url_map``) to those who are let in; each new route needs a row. ``all``
is everybody, ``in`` every signed-in user; otherwise each letter is a role: v(iewer), o(perator), e(ditor), k(eeper).
To be let in means that the answer is neither 401 nor 403 nor a redirect to the login page; it may be another error.

A second word of a row is the factor. ``fresh``: the route asks for a second factor shown within five minutes.
``held``: it asks only people who have a second factor. Without a second word nobody is asked.

``OTHER`` gives, for a rule that names an object, an object of another commune, which nobody in the tests may reach.
"""

from __future__ import annotations

# Operations of the API, below /api/v1/: no sign-in at the desk opens them, only a key. tests/desk/api has the rights.
READ_BY_KEYS = (
    "areas", "boards", "boards/<board>", "boards/<board>/lap", "screens", "screens/<int:id>", "sources",
    "sources/<source>", "stories", "stories/<int:id>", "announcements", "announcements/<int:id>", "files/<key>",
    "notices", "notices/<int:id>", "proof/<item>",
)  # fmt: skip
SENT_BY_KEYS = (
    "announcements", "announcements/<int:id>/withdraw", "documents", "files", "notices", "notices/<int:id>/clear",
    "boards/<board>/messages",
)  # fmt: skip

ROUTES: dict[str, str] = {
    "GET /desk/": "in",
    "POST /desk/seen": "in",
    "POST /desk/language/<name>": "all",
    "GET /desk/assets/<build>/<path:name>": "all",
    # signing in
    "GET /desk/welcome/<token>": "all",
    "POST /desk/welcome/<token>": "all",
    "GET /desk/session": "all",
    "GET /desk/login": "all",
    "POST /desk/login": "all",
    "POST /desk/logout": "all",
    "GET /desk/verify": "in",
    "POST /desk/verify": "in",
    "GET /desk/change": "in",
    "POST /desk/change": "in",
    "GET /desk/confirm/": "in",
    # second factors: setting one up may be part of signing in; then Flask-Security itself requires the first factor
    "GET /desk/tf-setup": "all",
    "POST /desk/tf-setup": "all held",
    "POST /desk/tf-setup/<token>": "in held",
    "GET /desk/tf-validate": "all",
    "POST /desk/tf-validate": "all",
    "POST /desk/tf-rescue": "all",
    "GET /desk/tf-rescue": "all",
    "GET /desk/tf-select": "all",
    "POST /desk/tf-select": "all",
    "GET /desk/mf-recovery": "all",
    "POST /desk/mf-recovery": "all",
    "GET /desk/mf-recovery-codes": "in",
    "POST /desk/mf-recovery-codes": "in held",
    "GET /desk/wan-register": "in",
    "POST /desk/wan-register": "in held",
    "POST /desk/wan-register/<token>": "in held",
    "GET /desk/wan-signin": "all",
    "POST /desk/wan-signin": "all",
    "POST /desk/wan-signin/<token>": "all",
    "GET /desk/wan-delete": "in",
    "POST /desk/wan-delete": "in held",
    "GET /desk/wan-verify": "in",
    "POST /desk/wan-verify": "in",
    "POST /desk/wan-verify/<token>": "in",
    # the user's own account
    "GET /desk/security/": "in",
    "POST /desk/security/sign-ins/<id>/end": "in",
    "POST /desk/security/sign-ins/end-others": "in",
    # timeline
    "GET /desk/timeline/": "voek",
    "GET /desk/timeline/week": "voek",
    # areas: for keepers
    "GET /desk/areas/": "k",
    "GET /desk/areas/<slug>": "k",
    "POST /desk/areas/<slug>/check": "k",
    "POST /desk/areas/<slug>": "k fresh",
    # people: for keepers
    "GET /desk/people/": "k",
    "GET /desk/people/new": "k",
    "POST /desk/people/new": "k fresh",
    "GET /desk/people/<username>": "k",
    "POST /desk/people/<username>/grant": "k fresh",
    "POST /desk/people/<username>/revoke": "k fresh",
    "POST /desk/people/<username>/<act>": "k fresh",
    "GET /desk/mails/": "k",
    "POST /desk/mails/<int:id>/resend": "k",
    # the audit: for editors and keepers
    "GET /desk/audit/": "ek",
    "GET /desk/audit/audit.csv": "ek",
    "POST /desk/audit/check": "ek",
    # API tokens, and the API, which a sign-in at the desk does not open
    "GET /desk/tokens/": "ek",
    "POST /desk/tokens/": "ek fresh",
    "POST /desk/tokens/<int:id>/revoke": "ek fresh",
    # webhooks: for keepers
    "GET /desk/webhooks/": "k",
    "POST /desk/webhooks/": "k fresh",
    "GET /desk/webhooks/<int:id>": "k",
    "POST /desk/webhooks/<int:id>": "k fresh",
    "POST /desk/webhooks/<int:id>/secret": "k fresh",
    "POST /desk/webhooks/<int:id>/test": "k",
    "POST /desk/webhooks/<int:id>/off": "k",
    "POST /desk/webhooks/<int:id>/on": "k fresh",
    "POST /desk/webhooks/<int:id>/remove": "k fresh",
    "POST /desk/webhooks/<int:id>/deliveries/<int:delivery>/resend": "k",
    "GET /api/": "all",
    "GET /api/openapi.json": "all",
    **{f"GET /api/v1/{what}": "-" for what in READ_BY_KEYS},
    **{f"POST /api/v1/{what}": "-" for what in SENT_BY_KEYS},
    "DELETE /api/v1/boards/<board>/messages/<int:id>": "-",
    "PUT /api/v1/boards/<board>/serving": "-",
    "DELETE /api/v1/boards/<board>/serving": "-",
    # wall
    "GET /desk/wall/": "voek",
    "GET /desk/wall/now/<item>": "voek",
    # the design gallery; its slides have addresses below /glass
    "GET /item/<key>": "all",
    "GET /": "all",
    "GET /manifest.webmanifest": "all",
    "GET /robots.txt": "all",
    "GET /sitemap.xml": "all",
    "GET /board/<slug>": "all",
    "GET /board/<slug>/parts": "all",
    "GET /board/<slug>/slide": "all",
    "GET /areas/<slug>/alerts.atom": "all",
    "GET /board/<slug>/feed.atom": "all",
    "GET /area/<slug>/feed.atom": "all",
    "GET /board/<slug>/feed.json": "all",
    "GET /area/<slug>/feed.json": "all",
    "GET /board/<slug>/calendar.ics": "all",
    "GET /area/<slug>/calendar.ics": "all",
    "GET /item/<key>.ics": "all",
    "GET /notice/<int:id>": "all",
    "GET /push/worker.js": "all",
    "GET /push/<slug>": "all",
    "GET /push/<slug>/app.webmanifest": "all",
    "POST /push/choose": "all",
    "POST /push/mine": "all",
    "POST /push/stop": "all",
    "GET /data/": "all",
    "GET /data/<name>.csv": "all",
    "GET /data/<name>.json": "all",
    "GET /embed/board/<slug>": "all",
    "GET /embed/item/<key>": "all",
    "GET /oembed": "all",
    "GET /nhung": "all",
    "GET /websub": "all",
    "POST /websub": "all",
    "GET /embed/": "all",
    "GET /alerts/<identifier>.cap": "all",
    "GET /glass/gallery/": "voek",
    "GET /glass/gallery/<name>": "voek",
    "GET /glass/gallery/media/<name>": "voek",
    # screens
    "GET /desk/screens/": "voek",
    "GET /desk/screens/new": "ek",
    "POST /desk/screens/new": "ek",
    "GET /desk/screens/<int:id>": "ek",
    "POST /desk/screens/<int:id>": "ek",
    "POST /desk/screens/<int:id>/ask/<name>": "ek",
    "POST /desk/screens/<int:id>/lend": "ek",
    "POST /desk/screens/<int:id>/move": "ek",
    "POST /desk/screens/<int:id>/revoke": "ek fresh",
    "GET /desk/screens/pictures/<int:id>": "ek",
    "POST /desk/screens/boards/<slug>/mode": "ek",
    "GET /desk/screens/boards/new": "k",
    "POST /desk/screens/boards/new": "k",
    "POST /desk/screens/boards/new/preview": "k",
    "GET /desk/screens/boards/<slug>": "k",
    "POST /desk/screens/boards/<slug>": "k",
    "POST /desk/screens/boards/<slug>/remove": "k fresh",
    "POST /desk/screens/boards/<slug>/bring-back": "k",
    "GET /desk/screens/panic": "ek",
    "POST /desk/screens/panic": "ek",
    "POST /desk/screens/panic/<area>": "ek",
    "POST /desk/screens/panic/<area>/end": "ek fresh",
    "GET /desk/proof/": "voek",
    "GET /desk/proof/proof.csv": "voek",
    "GET /desk/proof/item/<item>": "voek",
    "GET /desk/receipts/": "voek",  # the former addresses, which redirect
    "GET /desk/receipts/<path:rest>": "voek",
    # received alerts
    "GET /desk/alerts/": "oe",
    "GET /desk/alerts/<int:document>": "oe",
    "POST /desk/alerts/<int:document>/approve": "e fresh",
    "POST /desk/alerts/<int:document>/areas": "e fresh",
    "POST /desk/alerts/<int:document>/reject": "e",
    "POST /desk/alerts/<int:document>/end": "e",
    "POST /desk/alerts/<int:document>/end-here": "e",
    "POST /desk/alerts/<int:document>/show-here": "e fresh",
    "POST /desk/alerts/sources/<slug>/hold": "e",
    "POST /desk/alerts/sources/<slug>/release": "e fresh",
    # sources
    "POST /desk/sources/<slug>/alerts": "k",
    "POST /desk/sources/<slug>/airing": "e fresh",
    "GET /desk/sources/": "voek",
    "GET /desk/sources/look": "k",
    "POST /desk/sources/look": "k",
    "POST /desk/sources/add": "k",
    "GET /desk/sources/nguon-tin.opml": "voek",
    "POST /desk/sources/opml": "k",
    "GET /desk/sources/held": "e",
    "GET /desk/sources/stories/<int:id>": "e",
    "POST /desk/sources/stories/decide": "e",
    "POST /desk/sources/stories/<int:id>/approve": "e",
    "POST /desk/sources/stories/<int:id>/withdraw": "e",
    "GET /desk/sources/<slug>": "voek",
    "GET /desk/sources/<slug>/try": "voek",
    "POST /desk/sources/<slug>/try": "voek",
    "POST /desk/sources/<slug>/read": "voek",
    "POST /desk/sources/<slug>/boards": "k",
    "POST /desk/sources/<slug>/settings": "k",
    "POST /desk/sources/<slug>/words": "e",
    "POST /desk/sources/<slug>/trust": "e fresh",
    "POST /desk/sources/<slug>/selectors": "k",
    "POST /desk/sources/<slug>/move": "k",
    "POST /desk/sources/<slug>/remove": "k",
    # urgent notices
    "GET /desk/urgent/strips": "voek",
    "GET /desk/urgent/": "oe",
    "POST /desk/urgent/": "oe",
    "POST /desk/urgent/check": "oe",
    "GET /desk/urgent/<int:id>": "oe",
    "GET /desk/urgent/<int:id>/progress": "oe",
    "GET /desk/urgent/<int:id>/edit": "oe",
    "POST /desk/urgent/<int:id>/edit": "oe",
    "POST /desk/urgent/<int:id>/sign": "e",
    "POST /desk/urgent/<int:id>/send": "e fresh",
    "POST /desk/urgent/<int:id>/extend": "e",
    "POST /desk/urgent/<int:id>/clear": "e",
    "POST /desk/urgent/<int:id>/discard": "oe",
    # queue, composer, library
    "GET /desk/queue/": "oe",
    "GET /desk/queue/<int:id>": "oe",
    "POST /desk/queue/<int:id>/set-aside": "oe",
    "POST /desk/queue/act": "oe",
    "POST /desk/queue/undo": "oe",
    "POST /desk/queue/order": "e",
    "GET /desk/compose/": "oe",
    "POST /desk/compose/": "oe",
    "GET /desk/compose/<int:id>": "oe",
    "POST /desk/compose/<int:id>": "oe",
    "POST /desk/compose/preview": "oe",
    "POST /desk/compose/keep": "oe",
    "POST /desk/compose/forget": "oe",
    "POST /desk/compose/files": "oe",
    "GET /desk/compose/files/<key>": "oe",
    "GET /desk/compose/library": "oe",
    "GET /desk/media/": "oe",
    "GET /desk/media/<hash>": "oe",
    "POST /desk/media/<hash>": "oe",
    "POST /desk/media/<hash>/remove": "oe",
}

URGENT = ("", "/progress", "/edit", "/sign", "/send", "/extend", "/clear", "/discard")

_OF_KEYS: dict[str, dict[str, object]] = {
    "boards/<board>": {"board": "hoi-truong"},
    "boards/<board>/lap": {"board": "hoi-truong"},
    "boards/<board>/messages": {"board": "hoi-truong"},
    "boards/<board>/messages/<int:id>": {"board": "hoi-truong", "id": 1},
    "boards/<board>/serving": {"board": "hoi-truong"},
    "screens/<int:id>": {"id": 1},
    "sources/<source>": {"source": "tin-tinh"},
    "stories/<int:id>": {"id": 1},
    "announcements/<int:id>": {"id": 1},
    "announcements/<int:id>/withdraw": {"id": 1},
    "files/<key>": {"key": "0" * 32},
    "notices/<int:id>": {"id": 1},
    "notices/<int:id>/clear": {"id": 1},
    "proof/<item>": {"item": "announcement:1"},
}
OF_KEYS = {f"/api/v1/{rule}": values for rule, values in _OF_KEYS.items()}
# Rule -> values of its parameters.
HOOK = ("", "/secret", "/test", "/off", "/on", "/remove")
ALERT = ("", "/approve", "/areas", "/reject", "/end", "/end-here", "/show-here")
FEEDS = ("feed.atom", "feed.json", "calendar.ics")
VALUES: dict[str, dict[str, object]] = {
    "/desk/tokens/<int:id>/revoke": {"id": 99},
    **{f"/desk/webhooks/<int:id>{act}": {"id": 99} for act in HOOK},
    "/desk/webhooks/<int:id>/deliveries/<int:delivery>/resend": {"id": 99, "delivery": 99},
    "/item/<key>": {"key": "x1"},
    **{f"/board/<slug>{part}": {"slug": "khong-co"} for part in ("", "/parts", "/slide")},
    "/areas/<slug>/alerts.atom": {"slug": "tinh"},
    **{f"/area/<slug>/{name}": {"slug": "xa-minh-tan"} for name in FEEDS},
    **{f"/board/<slug>/{name}": {"slug": "hoi-truong"} for name in FEEDS},
    "/embed/board/<slug>": {"slug": "hoi-truong"},
    **{f"/push/<slug>{part}": {"slug": "xa-minh-tan"} for part in ("", "/app.webmanifest")},
    "/notice/<int:id>": {"id": 99},
    "/item/<key>.ics": {"key": "x1"},
    "/embed/item/<key>": {"key": "x1"},
    **{f"/data/<name>.{kind}": {"name": "screens"} for kind in ("csv", "json")},
    "/alerts/<identifier>.cap": {"identifier": "khong-co"},
    "/glass/gallery/<name>": {"name": "story-usual-1"},
    "/glass/gallery/media/<name>": {"name": "khong-co"},
    **OF_KEYS,
    "/desk/wall/now/<item>": {"item": "announcement:1"},
    "/desk/screens/<int:id>": {"id": 1},
    "/desk/screens/<int:id>/ask/<name>": {"id": 1, "name": "identify"},
    "/desk/screens/<int:id>/lend": {"id": 1},
    "/desk/screens/<int:id>/move": {"id": 1},
    "/desk/screens/<int:id>/revoke": {"id": 1},
    "/desk/screens/pictures/<int:id>": {"id": 1},
    "/desk/screens/boards/<slug>/mode": {"slug": "xa-minh-tan"},
    "/desk/screens/boards/<slug>": {"slug": "xa-minh-tan"},
    "/desk/screens/boards/<slug>/remove": {"slug": "xa-minh-tan"},
    "/desk/screens/boards/<slug>/bring-back": {"slug": "xa-minh-tan"},
    **{f"/desk/screens/panic/<area>{act}": {"area": "xa-minh-tan"} for act in ("", "/end")},
    "/desk/proof/item/<item>": {"item": "announcement:1"},
    "/desk/receipts/<path:rest>": {"rest": "item/announcement:1"},
    **{f"/desk/sources/stories/<int:id>{act}": {"id": 1} for act in ("", "/approve", "/withdraw")},
    **{
        f"/desk/sources/<slug>{act}": {"slug": "tin-xa"}
        for act in ("", "/read", "/settings", "/words", "/trust", "/move")
    },
    **{f"/desk/sources/<slug>/{act}": {"slug": "khong-co"} for act in ("try", "remove", "selectors", "boards")},
    **{f"/desk/sources/<slug>/{act}": {"slug": "khong-co"} for act in ("alerts", "airing")},
    **{f"/desk/alerts/<int:document>{act}": {"document": 99} for act in ALERT},
    **{f"/desk/alerts/sources/<slug>/{act}": {"slug": "khong-co"} for act in ("hold", "release")},
    **{f"/desk/urgent/<int:id>{act}": {"id": 1} for act in URGENT},
    "/desk/queue/<int:id>": {"id": 1},
    "/desk/queue/<int:id>/set-aside": {"id": 1},
    "/desk/compose/<int:id>": {"id": 1},
    "/desk/compose/files/<key>": {"key": "khong-co"},
    "/desk/media/<hash>": {"hash": "khong-co"},
    "/desk/media/<hash>/remove": {"hash": "khong-co"},
    "/desk/language/<name>": {"name": "vi"},
    "/desk/areas/<slug>": {"slug": "xa-minh-tan"},
    "/desk/areas/<slug>/check": {"slug": "xa-minh-tan"},
    "/desk/mails/<int:id>/resend": {"id": 99},
    "/desk/people/<username>": {"username": "khong-co"},
    "/desk/people/<username>/grant": {"username": "khong-co"},
    "/desk/people/<username>/revoke": {"username": "khong-co"},
    "/desk/people/<username>/<act>": {"username": "khong-co", "act": "suspend"},
    "/desk/assets/<build>/<path:name>": {"build": "0", "name": "desk.css"},
    "/desk/welcome/<token>": {"token": "khong-co"},
    "/desk/tf-setup/<token>": {"token": "x"},
    "/desk/wan-register/<token>": {"token": "x"},
    "/desk/wan-signin/<token>": {"token": "x"},
    "/desk/wan-verify/<token>": {"token": "x"},
    "/desk/security/sign-ins/<id>/end": {"id": "khong-co"},
}

# Rule -> parameters that name an object of another commune, which nobody of this commune may reach.
# test_foreign_areas creates an announcement, a notice, a screen and a source with a story there, all with id 1, and
# the person "ngoai". Rules whose parameters name no object of an area are in ``AREALESS``.
OTHER: dict[str, dict[str, object]] = {
    **{f"/desk/sources/stories/<int:id>{act}": {"id": 1} for act in ("", "/approve", "/withdraw")},
    **{
        f"/desk/sources/<slug>{act}": {"slug": "tin-ngoai"}
        for act in ("", "/read", "/settings", "/words", "/trust", "/move")
    },
    **{f"/desk/sources/<slug>/{act}": {"slug": "tin-ngoai"} for act in ("try", "remove", "selectors", "boards")},
    **{f"/desk/sources/<slug>/{act}": {"slug": "canh-bao-ngoai"} for act in ("alerts", "airing")},
    **{f"/desk/alerts/<int:document>{act}": {"document": 1} for act in ALERT},
    **{f"/desk/alerts/sources/<slug>/{act}": {"slug": "canh-bao-ngoai"} for act in ("hold", "release")},
    "/desk/areas/<slug>": {"slug": "xa-dong-hai"},
    "/desk/areas/<slug>/check": {"slug": "xa-dong-hai"},
    "/desk/tokens/<int:id>/revoke": {"id": 1},
    **{f"/desk/webhooks/<int:id>{act}": {"id": 1} for act in HOOK},
    "/desk/webhooks/<int:id>/deliveries/<int:delivery>/resend": {"id": 1, "delivery": 1},
    "/desk/mails/<int:id>/resend": {"id": 1},
    "/desk/people/<username>": {"username": "ngoai"},
    "/desk/people/<username>/grant": {"username": "ngoai"},
    "/desk/people/<username>/revoke": {"username": "ngoai"},
    "/desk/people/<username>/<act>": {"username": "ngoai", "act": "suspend"},
    "/desk/wall/now/<item>": {"item": "announcement:1"},
    "/desk/proof/item/<item>": {"item": "announcement:1"},
    "/desk/screens/<int:id>": {"id": 1},
    "/desk/screens/<int:id>/ask/<name>": {"id": 1, "name": "identify"},
    "/desk/screens/<int:id>/lend": {"id": 1},
    "/desk/screens/<int:id>/move": {"id": 1},
    "/desk/screens/<int:id>/revoke": {"id": 1},
    "/desk/screens/pictures/<int:id>": {"id": 1},
    "/desk/screens/boards/<slug>/mode": {"slug": "pho-dong-hai"},
    "/desk/screens/boards/<slug>": {"slug": "pho-dong-hai"},
    "/desk/screens/boards/<slug>/remove": {"slug": "pho-dong-hai"},
    "/desk/screens/boards/<slug>/bring-back": {"slug": "pho-dong-hai"},
    **{f"/desk/screens/panic/<area>{act}": {"area": "xa-dong-hai"} for act in ("", "/end")},
    **{f"/desk/urgent/<int:id>{act}": {"id": 1} for act in URGENT},
    "/desk/queue/<int:id>": {"id": 1},
    "/desk/queue/<int:id>/set-aside": {"id": 1},
    "/desk/compose/<int:id>": {"id": 1},
}
AREALESS = {
    "/board/<slug>",  # open to everybody: tests/desk/public
    "/board/<slug>/parts",
    "/board/<slug>/slide",
    "/item/<key>",  # is open to everybody: tests/desk/public
    *("/notice/<int:id>", "/push/<slug>", "/push/<slug>/app.webmanifest"),
    "/areas/<slug>/alerts.atom",  # open to everybody: tests/desk/public
    "/alerts/<identifier>.cap",
    # open to everybody: tests/desk/public/feeds
    *(f"/{scope}/<slug>/{name}" for scope in ("area", "board") for name in FEEDS),
    *("/embed/board/<slug>", "/embed/item/<key>", "/item/<key>.ics"),
    *(f"/data/<name>.{kind}" for kind in ("csv", "json")),
    "/desk/receipts/<path:rest>",  # redirects to /desk/proof, which is in OTHER
    *OF_KEYS,  # belong to an API token: tests/desk/api
    "/desk/language/<name>",
    "/glass/gallery/<name>",  # shows fixed data: tests/desk/gallery
    "/glass/gallery/media/<name>",
    "/desk/assets/<build>/<path:name>",
    "/desk/welcome/<token>",
    "/desk/tf-setup/<token>",
    "/desk/wan-register/<token>",
    "/desk/wan-signin/<token>",
    "/desk/wan-verify/<token>",
    "/desk/security/sign-ins/<id>/end",  # belongs to a person: tests/desk/auth/test_sign_ins.py
    "/desk/compose/files/<key>",  # belongs to its uploader: tests/desk/announcements
    "/desk/media/<hash>",  # tested in tests/desk/announcements
    "/desk/media/<hash>/remove",
}

# Namespace and Socket.IO event -> who may send it; each new event needs a row. tests/attacks/test_events.py sends
# each event as every kind of client; what the handlers send back is tested in tests/live. Whoever may connect may
# also disconnect: viewers of public boards, screens and guards with their key, pages with the ticket of a valid
# sign-in.
EVENTS: dict[str, set[str]] = {
    "/ want": {"viewer", "screen"},  # gets slides of its board: tests/live/broadcast/test_hub.py
    "/ sync": {"viewer", "screen"},
    "/ receipts": {"viewer", "screen"},  # only a screen's are kept: tests/live/screens/test_registry.py
    "/ health": {"viewer", "screen"},
    "/desk want": {"page"},  # gets slides of boards where the person has screen.view: tests/live/screens/test_wall.py
}
