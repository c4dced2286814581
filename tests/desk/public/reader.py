"""A citizen who reads the public pages through the server's cache; used by the tests of this folder."""

from __future__ import annotations

import re
from dataclasses import dataclass

from werkzeug.test import Client, TestResponse

from server.core.times import to_ms
from server.live.ops.public_cache import PublicCache
from server.live.ops.stored_files import StoredFiles
from server.store.database import revision
from tests.desk.office import Office


@dataclass(slots=True)
class Reader:
    """Gets pages from the desk's application of ``office`` through a cache that sees each revision at once."""

    office: Office
    client: Client

    @classmethod
    def of(cls, office: Office) -> Reader:
        db = office.db
        epoch = revision.epoch(db)
        cache = PublicCache(
            office.app.wsgi_app,
            read_at=lambda: (epoch, revision.current(db)),
            now=lambda: to_ms(office.now),
            monotonic=office.monotonic,
        )
        return cls(office, Client(StoredFiles(cache, office.folder / "media"), use_cookies=False))

    def get(self, path: str, **headers: str) -> TestResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path, headers={"Host": "localhost", **sent}, buffered=True)

    def titles(self, path: str) -> list[str]:
        """The titles of the rows of a board's list, with plain spaces."""
        found = re.findall(r'<span class="words"><strong>(.*?)</strong>', self.get(path).text)
        return [title.replace("\xa0", " ") for title in found]
