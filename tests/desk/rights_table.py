"""Who gets where: the hand-written table that the rights walk reads. Whoever adds a route adds its row.

A row: method and rule as in ``app.url_map`` -> who gets in. ``all``: everybody; ``in``: whoever is signed in; else
the letters of the roles: v(iewer) o(perator) e(ditor) k(eeper). To get in is to be answered neither 401, 403 nor by
the way to the door; a form sent empty may well be refused with another status.

``FOREIGN``: for a rule with the name of a thing in it, the thing of another area that nobody of a commune may reach.
"""

from __future__ import annotations

ROUTES: dict[str, str] = {
    "GET /desk/": "in",
    "POST /desk/language/<name>": "all",
    "GET /desk/assets/<build>/<path:name>": "all",
    # the door
    "GET /desk/welcome/<token>": "all",
    "POST /desk/welcome/<token>": "all",
    "GET /desk/login": "all",
    "POST /desk/login": "all",
    "POST /desk/logout": "all",
    "GET /desk/verify": "in",
    "POST /desk/verify": "in",
    "GET /desk/change": "in",
    "POST /desk/change": "in",
    "GET /desk/confirm/": "in",
    "POST /desk/confirm/": "in",
    # second factors: setting up may be the second step of signing in, which the library guards by the first one
    "GET /desk/tf-setup": "all",
    "POST /desk/tf-setup": "all",
    "POST /desk/tf-setup/<token>": "in",
    "GET /desk/tf-validate": "all",
    "POST /desk/tf-validate": "all",
    "POST /desk/tf-rescue": "all",
    "GET /desk/tf-rescue": "all",
    "GET /desk/tf-select": "all",
    "POST /desk/tf-select": "all",
    "GET /desk/mf-recovery": "all",
    "POST /desk/mf-recovery": "all",
    "GET /desk/mf-recovery-codes": "in",
    "POST /desk/mf-recovery-codes": "in",
    "GET /desk/wan-register": "in",
    "POST /desk/wan-register": "in",
    "POST /desk/wan-register/<token>": "in",
    "GET /desk/wan-signin": "all",
    "POST /desk/wan-signin": "all",
    "POST /desk/wan-signin/<token>": "all",
    "GET /desk/wan-delete": "in",
    "POST /desk/wan-delete": "in",
    "GET /desk/wan-verify": "in",
    "POST /desk/wan-verify": "in",
    "POST /desk/wan-verify/<token>": "in",
    # about oneself
    "GET /desk/security/": "in",
    "POST /desk/security/sign-ins/<id>/end": "in",
    "POST /desk/security/sign-ins/end-others": "in",
    # timeline
    "GET /desk/timeline/": "voek",
    "GET /desk/timeline/week": "voek",
    # people: for keepers
    "GET /desk/people/": "k",
    "GET /desk/people/new": "k",
    "POST /desk/people/new": "k",
    "GET /desk/people/<username>": "k",
    "POST /desk/people/<username>/grant": "k",
    "POST /desk/people/<username>/revoke": "k",
    "POST /desk/people/<username>/<act>": "k",
    # the audit: for editors and keepers
    "GET /desk/audit/": "ek",
    "GET /desk/audit/audit.csv": "ek",
    "POST /desk/audit/check": "ek",
    # wall
    "GET /desk/wall/": "voek",
    "GET /desk/wall/now/<item>": "voek",
    # urgent
    "GET /desk/urgent/": "oe",
    "POST /desk/urgent/": "oe",
    "POST /desk/urgent/check": "oe",
    "GET /desk/urgent/<int:id>": "oe",
    "GET /desk/urgent/<int:id>/progress": "oe",
    "GET /desk/urgent/<int:id>/edit": "oe",
    "POST /desk/urgent/<int:id>/edit": "oe",
    "POST /desk/urgent/<int:id>/sign": "e",
    "POST /desk/urgent/<int:id>/send": "e",
    "POST /desk/urgent/<int:id>/extend": "e",
    "POST /desk/urgent/<int:id>/clear": "e",
    "POST /desk/urgent/<int:id>/discard": "oe",
    # queue, composer, library
    "GET /desk/queue/": "oe",
    "GET /desk/queue/<int:id>": "oe",
    "POST /desk/queue/act": "oe",
    "POST /desk/queue/undo": "oe",
    "POST /desk/queue/order": "e",
    "POST /desk/queue/seen": "in",
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

# Rule -> values for what stands in <…>.
VALUES: dict[str, dict[str, object]] = {
    "/desk/wall/now/<item>": {"item": "announcement:1"},
    **{f"/desk/urgent/<int:id>{act}": {"id": 1} for act in URGENT},
    "/desk/queue/<int:id>": {"id": 1},
    "/desk/compose/<int:id>": {"id": 1},
    "/desk/compose/files/<key>": {"key": "khong-co"},
    "/desk/media/<hash>": {"hash": "khong-co"},
    "/desk/media/<hash>/remove": {"hash": "khong-co"},
    "/desk/language/<name>": {"name": "vi"},
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
