"""Pictures of alerts: fetched by https apart from the text, checked, re-encoded, shown; failures are told."""

from __future__ import annotations

import hashlib
import io
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from PIL import Image

from feeds import FetchPolicy
from server.core.model import Notice
from server.store.alerts import pictures as alert_pictures
from server.worker.harvest.alert_pictures import RETRIES, AlertPictures
from tests.feeds.hosts import Host, host, responds
from tests.worker.harvest.alert_site import AlertCase, Cap, PictureFeeds

STORM = Cap("bao-1")


def png(across: int = 640, down: int = 480) -> bytes:
    into = io.BytesIO()
    Image.new("RGB", (across, down), "#3366cc").save(into, "PNG")
    return into.getvalue()


def named(address: str, digest: str = "", kind: str = "image/png") -> str:
    sum_ = f"<digest>{digest}</digest>" if digest else ""
    return (
        f"<resource><resourceDesc>Bản đồ mưa</resourceDesc><mimeType>{kind}</mimeType><uri>{address}</uri>{sum_}"
        "</resource>"
    )


def sha1(body: bytes) -> str:
    return hashlib.sha1(body, usedforsecurity=False).hexdigest()


class Fetching:
    """The job that fetches pictures, beside an `AlertCase`, and the https server that they are on."""

    def __init__(self, case: AlertCase, folder: Path, bundle: Path) -> None:
        self.case, self.folder = case, folder
        policy = FetchPolicy(("127.0.0.1",), ca_bundle=str(bundle))
        self.job = AlertPictures(
            case.db,
            PictureFeeds(case.sandbox),
            case.clock,
            folder=folder,
            policy=lambda _, most: replace(policy, max_bytes=most),
            reconcile=case.reconciler.reconcile,
        )

    def show(self, extra: str) -> Notice:
        """The notice of a storm with ``extra`` in it, as it is on air before the job has run."""
        self.case.poll(replace(STORM, extra=extra))
        (one,) = self.case.live()
        assert one.pictures == ()
        return one

    def run(self) -> Notice:
        """The notice after one run of the job."""
        self.job.tick()
        (one,) = self.case.live()
        return one

    def notes(self) -> str:
        """What the desk says is odd about the storm."""
        return " ".join(self.case.rows()["bao-1"].notes)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def fetching(alert_case: AlertCase, tmp_path: Path, authority: trustme.CA) -> Fetching:
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    folder = tmp_path / "media"
    folder.mkdir()
    alert_case.use()
    return Fetching(alert_case, folder, bundle)


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def shop(tls: ssl.SSLContext) -> Iterator[Host]:
    """A server that has one picture at every address."""
    with host(responds("200 OK", "Content-Type: image/png", body=png()), tls) as server:
        yield server


def at(server: Host) -> str:
    return server.url("/map.png", name="127.0.0.1", scheme="https")


def test_a_picture_comes_after_the_text_and_is_re_encoded(fetching: Fetching, shop: Host) -> None:
    before = fetching.show(named(at(shop), sha1(png())))
    assert shop.asked == []
    after = fetching.run()
    (picture,) = after.pictures
    assert (after.id, picture.alt, picture.width, picture.height) == (before.id, "Bản đồ mưa", 640, 480)
    with Image.open(fetching.folder / f"{picture.hash}.webp") as stored:
        assert stored.format == "WEBP"
    assert fetching.notes() == ""
    fetching.run()
    assert len(shop.asked) == 1


def test_a_wrong_digest_leaves_the_text_and_is_told(fetching: Fetching, shop: Host) -> None:
    before = fetching.show(named(at(shop), "0" * 40))
    assert fetching.run() == before
    assert "không khớp mã băm" in fetching.notes()
    assert list(fetching.folder.iterdir()) == []


def test_what_is_no_picture_leaves_the_text_and_is_told(fetching: Fetching, tls: ssl.SSLContext) -> None:
    with host(responds("200 OK", "Content-Type: image/png", body=b"<svg onload='x'/>"), tls) as server:
        before = fetching.show(named(at(server)))
        assert fetching.run() == before
    assert "Tệp không phải là ảnh" in fetching.notes()


def test_a_failure_is_tried_again_and_then_no_more(fetching: Fetching, tls: ssl.SSLContext) -> None:
    with host(responds("503 Busy"), tls) as server:
        fetching.show(named(at(server)))
        for wait in RETRIES:
            fetching.run()
            fetching.case.clock.move(seconds=wait.total_seconds())
        fetching.run()
        asked = len(server.asked)
        fetching.case.clock.move(minutes=60)
        fetching.run()
        assert (asked, len(server.asked)) == (len(RETRIES) + 1, len(RETRIES) + 1)
    assert "503" in fetching.notes()


def test_a_picture_that_comes_at_the_second_try_is_no_longer_odd(fetching: Fetching, tls: ssl.SSLContext) -> None:
    answers = iter([responds("503 Busy"), responds("200 OK", body=png())])

    with host(lambda *request: next(answers)(*request), tls) as server:
        fetching.show(named(at(server)))
        assert fetching.run().pictures == ()
        fetching.case.clock.move(seconds=RETRIES[0].total_seconds())
        assert len(fetching.run().pictures) == 1
    assert fetching.notes() == ""


def test_an_address_without_encryption_is_not_asked(fetching: Fetching) -> None:
    site = fetching.case.site
    site.answers["/map.png"] = (200, "image/png", png())
    before = fetching.show(named(f"{site.address}/map.png"))
    assert fetching.run() == before
    assert "/map.png" not in site.asked
    assert "không phải là https" in fetching.notes()


def test_a_redirect_away_from_encryption_is_refused_for_good(fetching: Fetching, tls: ssl.SSLContext) -> None:
    site = fetching.case.site
    site.answers["/map.png"] = (200, "image/png", png())
    with host(responds("302 Found", f"Location: {site.address}/map.png"), tls) as server:
        before = fetching.show(named(at(server)))
        assert fetching.run() == before
    fetching.case.clock.move(minutes=60)
    assert alert_pictures.due(fetching.case.db, fetching.case.clock(), 9) == ()


def test_the_picture_leaves_with_its_alert(fetching: Fetching, shop: Host) -> None:
    fetching.show(named(at(shop)))
    assert len(fetching.run().pictures) == 1
    fetching.case.clock.move(minutes=170)
    fetching.case.reconciler.tick()
    (over,) = fetching.case.live()
    assert (over.calm, over.pictures) == (True, ())


def test_what_was_asked_long_ago_is_forgotten(fetching: Fetching, shop: Host) -> None:
    fetching.show(named(at(shop)))
    fetching.run()
    fetching.case.clock.move(seconds=1)
    assert alert_pictures.forget(fetching.case.db, before=fetching.case.clock()) == 1
