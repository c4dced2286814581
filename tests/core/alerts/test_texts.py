"""What of an alert is shown, as plain text."""

from __future__ import annotations

import pytest

from server.core.alerts.texts import linked, plain, shown_text
from tests.cast import HOUR, MINUTE, NOW
from tests.core.alerts.documents import ALL_CLEAR, LIVE, STORM, alert, info


def test_the_sender_s_words_are_shown_with_name_times_and_area() -> None:
    one = info(description="Sức gió cấp 10.", onset=NOW + 2 * HOUR)
    found = shown_text(alert(infos=(one,)), one, NOW, LIVE)
    assert (found.headline, found.event, found.description) == (STORM.headline, STORM.event, "Sức gió cấp 10.")
    assert (found.instruction, found.own_words) == ("Ở yên trong nhà.", True)
    assert (found.sender_name, found.area) == (STORM.sender_name, "Tỉnh Hưng Yên")
    assert (found.issued, found.until, found.onset) == (NOW, NOW + 3 * HOUR, NOW + 2 * HOUR)
    assert not found.drill


def test_without_a_headline_the_event_stands_there_without_a_name_the_sender() -> None:
    one = info(headline="  ", sender_name="")
    found = shown_text(alert(infos=(one,)), one, NOW, LIVE)
    assert (found.headline, found.sender_name) == ("Tin bão khẩn cấp", "canh-bao@khituong.example")


@pytest.mark.parametrize(
    ("language", "responses", "words"),
    [
        ("vi-VN", ("Evacuate",), "Rời khỏi khu vực nguy hiểm theo hướng dẫn của chính quyền."),
        ("en-US", ("Avoid",), "Keep away from the dangerous area."),
        ("fr", ("Avoid",), "Keep away from the dangerous area."),
        ("vi", ("None",), "Theo dõi thông báo của chính quyền địa phương."),
        ("vi", (), "Theo dõi thông báo của chính quyền địa phương."),
        ("vi", ("Prepare", "Avoid"),
         "Tránh xa khu vực nguy hiểm. Chuẩn bị sẵn sàng và theo dõi thông báo của chính quyền."),
        ("vi", ("Evacuate", "AllClear"), "Nguy hiểm đã qua."),
    ],
)  # fmt: skip
def test_a_severe_alert_without_an_instruction_gets_fixed_words_that_are_marked(
    language: str, responses: tuple[str, ...], words: str
) -> None:
    one = info(language=language, responses=responses, instruction=" \n ")
    found = shown_text(alert(infos=(one,)), one, NOW, LIVE)
    assert (found.instruction, found.own_words) == (words, False)


def test_a_mild_alert_without_an_instruction_gets_none() -> None:
    one = info(severity="Moderate", instruction="")
    found = shown_text(alert(infos=(one,)), one, NOW, LIVE)
    assert (found.instruction, found.own_words) == ("", True)


def test_an_onset_that_has_begun_is_not_told_as_one_to_come_and_a_drill_is_one() -> None:
    one = info(onset=NOW)
    found = shown_text(alert(infos=(one,), status="Exercise"), one, NOW + MINUTE, LIVE)
    assert found.onset is None
    assert found.drill


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("mưa <5 mm, nước > 2 m", "mưa <5 mm, nước > 2 m"),
        ("a?b=1&copy=2 &lt;", "a?b=1&copy=2 &lt;"),
        ("  nhiều   chữ\t cách\xa0", "nhiều chữ cách"),
        ("Một.\n\n  Hai.\nBa.\n", "Một.\n\nHai.\nBa."),
    ],
)
def test_texts_are_as_they_were_read_with_one_blank_between_words(raw: str, shown: str) -> None:
    assert plain(raw) == shown


def test_an_address_becomes_a_code_on_allowed_hosts_only() -> None:
    hosts = ("nchmf.gov.vn",)
    for good in ("https://nchmf.gov.vn/a", " https://www.nchmf.gov.vn/b?c=1 "):
        assert linked(good, hosts) == good.strip()
    for bad in (
        "http://nchmf.gov.vn/a", "https://xnchmf.gov.vn/", "https://nchmf.gov.vn@evil.example/", "javascript:x", "",
        "https://[nchmf.gov.vn/", "https://evil.example/nchmf.gov.vn",
    ):  # fmt: skip
        assert linked(bad, hosts) == ""


def test_an_all_clear_says_so() -> None:
    found = shown_text(alert(infos=(ALL_CLEAR,)), ALL_CLEAR, NOW, LIVE)
    assert found.instruction == "Nguy hiểm đã qua."
