"""Which pictures of an alert are fetched, and what is said of the others."""

from __future__ import annotations

import hashlib

import pytest

from server.core.alerts.document import Resource
from server.core.alerts.pictures import AlertPicture, is_that, pictures_of
from tests.core.alerts.documents import info

DIGEST = "a" * 40
MAP = Resource("Bản đồ  mưa", "image/png", "https://khituong.example/map.png", None, DIGEST.upper())


def test_pictures_with_an_https_address_are_fetched_each_once() -> None:
    sound = Resource("Lời đọc", "audio/mpeg", "https://khituong.example/a.mp3")
    found, notes = pictures_of(info(resources=(MAP, sound, MAP)))
    assert found == (AlertPicture("https://khituong.example/map.png", DIGEST, "Bản đồ mưa"),)
    assert notes == ()


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        (Resource("", "image/png", "http://khituong.example/map.png"), "không phải là https"),
        (Resource("", "image/png", "data:image/png;base64,AAAA"), "không phải là https"),
        (Resource("", "image/png", "file:///etc/passwd"), "không phải là https"),
        (Resource("", "image/png"), "không ghi địa chỉ"),
        (Resource("", "image/png", "https://khituong.example/a", None, "abc"), "không phải là SHA-1"),
    ],
)
def test_others_are_not_fetched_and_it_is_said_why(resource: Resource, said: str) -> None:
    found, (note,) = pictures_of(info(resources=(resource,)))
    assert found == ()
    assert said in note


def test_no_more_than_three() -> None:
    many = tuple(Resource("", "image/png", f"https://khituong.example/{number}") for number in range(5))
    found, notes = pictures_of(info(resources=many))
    assert [one.address[-1] for one in found] == ["0", "1", "2"]
    assert notes == ("Cảnh báo có hơn 3 ảnh; chỉ chiếu 3 ảnh đầu.",)


def test_the_digest_is_that_of_the_bytes() -> None:
    body = b"a picture"
    assert is_that(body, "")
    assert is_that(body, hashlib.sha1(body, usedforsecurity=False).hexdigest())
    assert not is_that(body, DIGEST)
