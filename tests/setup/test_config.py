"""config.toml: the shipped file is valid, mistakes are reported with their place, environment variables override."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from server.core.alerts.rules import AlertRules
from server.core.model import AlertSettings, Format, Hours, Lane
from server.setup.config import Config
from server.setup.config_contradictions import contradictions
from server.setup.config_file import ConfigError, load
from server.setup.config_remarks import remarks
from server.setup.store_setup import open_store
from server.store.audit import audit
from tests.cast import NOW
from tests.paths import ROOT

GOOD = """
[[areas]]
slug = "tinh"
name = "Tỉnh"
[[sources]]
slug = "tin"
url = "tin.xml"
[[boards]]
slug = "bang"
name = "Bảng"
area = "tinh"
lanes = [{ source = "tin" }]
"""


def _load(folder: Path, text: str, environment: Mapping[str, str] | None = None) -> Config:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, environment or {})


def _problems(folder: Path, text: str, environment: Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        _load(folder, text, environment)
    prefix = f"{folder / 'config.toml'}: "
    assert all(line.startswith(prefix) for line in caught.value.problems)
    return [line.removeprefix(prefix) for line in caught.value.problems]


def test_the_shipped_file_is_valid_and_its_sample_files_exist() -> None:
    config = load(ROOT / "config.toml", {})
    files = [source.url for source in config.sources if "://" not in source.url]
    assert files
    assert all((ROOT / name).is_file() for name in files)
    assert all(board.public for board in config.boards)
    assert len(config.board_values()) == 3


def test_the_shipped_file_has_the_defaults() -> None:
    """The shipped file writes its sections out in full, so a changed default must be changed in it too."""
    shipped, bare = load(ROOT / "config.toml", {}), Config()
    for name in ("timezone", "language", "server", "store", "queue", "fetch", "notices", "history", "backup"):
        assert getattr(shipped, name) == getattr(bare, name), name


def test_an_empty_file_is_valid(tmp_path: Path) -> None:
    assert _load(tmp_path, "") == Config()


def test_a_file_becomes_values_of_the_model(tmp_path: Path) -> None:
    more = 'hours = ["05:00-22:30", "23:00-01:00"]\ndiagonal_inches = 75\ndistance_metres = 9\nupper_share = 0.2\n'
    config = _load(tmp_path, 'timezone = "Asia/Bangkok"\n[fetch]\nuser_agent = "Ta"\n' + GOOD + more)
    (board,), (source,), (area,) = config.board_values(), config.source_values(), config.area_values()
    assert board.hours == (Hours(time(5), time(22, 30)), Hours(time(23), time(1)))
    assert board.lanes == (Lane("tin", 20, 30),)
    assert (board.zone, board.upper_share, board.public) == ("Asia/Bangkok", 0.2, False)
    assert isinstance(board.format, Format)
    assert board.format.size != "S"
    assert (source.name, source.zone, source.user_agent) == ("tin", "Asia/Bangkok", "Ta")
    assert (source.every, source.trust) == (timedelta(minutes=15), "hold")
    assert (area.name, area.parent) == ("Tỉnh", None)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("colour = 1", "colour:", "không có khóa này"),
        ("[server]\nprot = 1", "server.prot:", "không có khóa này"),
        ('[server]\nport = "x"', "server.port:", "số nguyên"),
        ("[server]\nport = 70000", "server.port:", "lớn hơn 65535"),
        ("[server]\nport = -1", "server.port:", "nhỏ hơn 0"),
        ('[server]\nfanout = "fast"', "server.fanout:", "direct"),
        ('[store]\nurl = "mysql://x"', "store.url:", "không đúng dạng"),
        ('[store]\nurl = "postgresql+psycopg://b:pw@db:54x2/x"', "store.url:", "không phải là địa chỉ"),
        ('[store]\nurl = "postgresql+psycopg://b:pw@[db/x"', "store.url:", "không phải là địa chỉ"),
        ('[queue]\nurl = "redis://:pw@host:63x79"', "queue.url:", "không phải là địa chỉ"),
        ('[server]\npublic_url = "https://bangtin.xa.vn:84x3"', "server.public_url:", "không phải là địa chỉ"),
        ('[duty]\nbeat_url = "https://x.vn:84x3/nhip"', "duty.beat_url:", "phải bắt đầu bằng https://"),
        ('[duty]\nbeat_url = "https://lan:pw@x.vn/nhip"', "duty.beat_url:", "phải bắt đầu bằng https://"),
        ('[source_system]\nreport_url = "ftp://x.vn"', "source_system.report_url:", "phải bắt đầu bằng https://"),
        ('[queue]\nurl = "http://x"', "queue.url:", "không đúng dạng"),
        ('[notices]\nfour_eyes = "maybe"', "notices.four_eyes:", "true hoặc false"),
        ('timezone = "Asia/Hanoi"', "timezone:", "Asia/Hanoi"),
        ('language = "fr"', "language:", "vi"),
        ("[[areas]]\nslug = 'a'", "areas[0].name:", "còn thiếu"),
        ("[[areas]]\nslug = 'Có dấu'\nname = 'x'", "areas[0].slug:", "không đúng dạng"),
        ("[[areas]]\nslug = 'a'\nname = 7", "areas[0].name:", "chữ trong ngoặc kép"),
        ("[[sources]]\nslug = 's'\nurl = 'x'\nevery_minutes = 0", "sources[0].every_minutes:", "lớn hơn 0"),
        ("[[sources]]\nslug = 's'\nurl = 'x'\narea = 'b'", "sources[0].area:", "không có đơn vị 'b'"),
        (GOOD + "[[areas]]\nslug = 'tinh'\nname = 'x'", "areas[1].slug:", "đã dùng"),
        (GOOD + "[[areas]]\nslug = 'x'\nname = 'x'\nparent = 'y'", "areas[1].parent:", "không có đơn vị 'y'"),
        ("[[areas]]\nslug = 'a'\nname = 'x'\nparent = 'a'", "areas:", "vòng"),
        (GOOD.replace('area = "tinh"', 'area = "xa"'), "boards[0].area:", "không có đơn vị 'xa'"),
        (GOOD.replace('source = "tin"', 'source = "tim"'), "boards[0].lanes[0].source:", "không có nguồn 'tim'"),
        (GOOD.replace('"tin" }', '"tin", most = 0 }'), "boards[0].lanes[0].most:", "nhỏ hơn 1"),
        (GOOD + 'hours = ["25:00-26:00"]', "boards[0].hours[0]:", "không có thật"),
        (GOOD + 'hours = ["5-22"]', "boards[0].hours[0]:", "không đúng dạng"),
        (GOOD + "upper_share = 2", "boards[0].upper_share:", "lớn hơn 1"),
        (GOOD + "distance_metres = 0", "boards[0].distance_metres:", "lớn hơn 0.2"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, place: str, words: str) -> None:
    (problem,) = _problems(tmp_path, text)
    assert problem.startswith(place)
    assert words in problem


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    found = _problems(tmp_path, 'language = "fr"\ncolour = 1\n[server]\nport = -1\n[[areas]]\nslug = "a"')
    assert sorted(line.split(":")[0] for line in found) == ["areas[0].name", "colour", "language", "server.port"]


def test_invalid_toml_is_reported_with_its_line(tmp_path: Path) -> None:
    (problem,) = _problems(tmp_path, "a = 1\nb = = 2\n")
    assert "line 2" in problem


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "khong-co.toml", tmp_path):
        with pytest.raises(ConfigError) as caught:
            load(path, {})
        assert len(caught.value.problems) == 1
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="không đọc được"):
        load(tmp_path / "config.toml", {})


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    config = _load(
        tmp_path,
        "[server]\nport = 1\n",
        {
            "BANGTIN_SERVER__PORT": "9000",
            "BANGTIN_TIMEZONE": "Asia/Bangkok",
            "BANGTIN_NOTICES__FOUR_EYES": "true",
            "BANGTIN_FETCH__ALLOW_PRIVATE": '["10.0.0.0/8"]',
            "BANGTIN_STORE__URL": "sqlite:///khac.db",
            "BANGTIN_DATA": "/elsewhere",
            "BANGTIN_CONFIG": "other.toml",
            "PATH": "/bin",
        },
    )
    assert (config.server.port, config.timezone, config.notices.four_eyes) == (9000, "Asia/Bangkok", True)
    assert (config.fetch.allow_private, config.store.url) == (("10.0.0.0/8",), "sqlite:///khac.db")


def test_a_mistake_in_the_environment_is_named_like_one_in_the_file(tmp_path: Path) -> None:
    assert _problems(tmp_path, "", {"BANGTIN_SERVER__PORT": "many"})[0].startswith("server.port:")
    assert _problems(tmp_path, "", {"BANGTIN_SERVER__PROT": "1"})[0].startswith("server.prot:")


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        ("server = 5", {"BANGTIN_SERVER__PORT": "1"}),
        ("", {"BANGTIN_SERVER": "5"}),
        ("", {"BANGTIN_TIMEZONE__X": "5"}),
        ("[server]\nport = 1", {"BANGTIN_SERVER__PORT__X": "5"}),
    ],
)
def test_an_override_of_the_wrong_shape_is_a_mistake_and_not_a_traceback(
    tmp_path: Path, text: str, environment: dict[str, str]
) -> None:
    assert _problems(tmp_path, text, environment)


@pytest.mark.parametrize(
    ("variable", "text", "section", "key", "expected"),
    [
        ("BANGTIN_SERVER__PORT", "0x10", "server", "port", 16),
        ("BANGTIN_SERVER__HOST", "127.0.0.2", "server", "host", "127.0.0.2"),
        ("BANGTIN_MAIL__USER", '"12345"', "mail", "user", "12345"),
        ("BANGTIN_MAIL__USER", "", "mail", "user", ""),
        ("BANGTIN_ANNOUNCEMENTS__DAYS_OFF", "[2027-02-05]", "announcements", "days_off", (date(2027, 2, 5),)),
    ],
)
def test_a_variable_is_toml_where_it_can_be_and_text_elsewhere(
    tmp_path: Path, variable: str, text: str, section: str, key: str, expected: object
) -> None:
    config = _load(tmp_path, '[server]\nport = 1\n[mail]\nuser = "file"\n', {variable: text})
    assert getattr(getattr(config, section), key) == expected


def test_a_variable_of_a_whole_section_replaces_the_section(tmp_path: Path) -> None:
    config = _load(tmp_path, "[server]\nport = 1\nproxies = 2\n", {"BANGTIN_SERVER": "{ port = 9 }"})
    assert (config.server.port, config.server.proxies) == (9, 0)


def test_only_variables_with_the_prefix_in_capitals_count(tmp_path: Path) -> None:
    config = _load(tmp_path, "", {"bangtin_server__port": "9", "SERVER__PORT": "9", "BANGTIN_UNKNOWN__KEY": "9"})
    assert config == Config()


def test_what_airs_unread_is_remarked_upon() -> None:
    config = Config.model_validate(
        {
            "areas": [{"slug": "tinh", "name": "Tỉnh"}, {"slug": "xa", "name": "Xã", "parent": "tinh"}],
            "sources": [
                {"slug": "mot", "url": "a.xml", "area": "xa", "trust": "auto"},
                {"slug": "hai", "url": "b.xml", "trust": "alerts"},
                {"slug": "ba", "url": "c.xml", "alerts": "live"},
            ],
            "boards": [{"slug": "bang", "name": "Bảng", "area": "tinh", "lanes": [{"source": "mot"}]}],
        }
    )
    assert [one.trust for one in config.source_values()] == ["auto", "hold", "hold"]
    first, second, *_, third, unshown = remarks(config)
    assert unshown == "sources[2]: không bảng tin nào trong tệp hiện 'ba'"
    assert first.startswith("sources[0].trust: tin của 'mot' lên bảng mà không")
    assert first.endswith("cả ở bảng tin của đơn vị khác: tinh")
    assert second.startswith('sources[1].trust: "alerts" không còn dùng')
    assert third == "sources[2].alerts: không còn dùng, được bỏ qua"


CAP = {"slug": "nchmf", "kind": "cap", "url": "cap.xml"}


def test_a_source_of_alerts_waits_for_editors_unless_the_file_says_otherwise() -> None:
    (source,) = Config.model_validate({"sources": [CAP]}).source_values()
    assert (source.cap, source.every) == (AlertSettings(), timedelta(minutes=2))
    whole = {
        "alerts": "live", "index": "complete", "territory": ["VN"], "default_area": "tinh", "geometry_first": True,
        "languages": ["vi", "en"], "certificate": "nchmf.pem", "risk_parameter": "capDo", "exercises": True,
        "web_hosts": ["nchmf.gov.vn"],
    }  # fmt: skip
    (source,) = Config.model_validate({"sources": [{**CAP, **whole, "alert_language": "vi"}]}).source_values()
    assert source.cap == AlertSettings(
        "live", "complete", ("VN",), "tinh", True, ("vi", "en"), "nchmf.pem", "capDo", True, "vi", ("nchmf.gov.vn",)
    )


def test_the_thresholds_of_alerts_come_from_the_file_or_the_environment(tmp_path: Path) -> None:
    config = _load(tmp_path, "[alerts]\nflood_count = 5\n", {"BANGTIN_ALERTS__SILENT_MINUTES": "20"})
    rules = config.alert_rules()
    assert (rules.flood_count, rules.silent_after) == (5, timedelta(minutes=20))
    assert Config().alert_rules() == AlertRules()


def test_a_territory_may_be_another_country() -> None:
    config = Config.model_validate({"sources": [{**CAP, "territory": ["LA", "VN"]}]})
    assert config.sources[0].territory == ("LA", "VN")


@pytest.mark.parametrize("territory", ["hà nội", "91,0 92,1 93,2", "1,2 3,4"])
def test_a_territory_that_means_nothing_is_an_error(territory: str) -> None:
    with pytest.raises(ValidationError):
        Config.model_validate({"sources": [{**CAP, "territory": [territory]}]})


def test_keys_of_alerts_are_for_sources_of_alerts() -> None:
    config = Config.model_validate(
        {"sources": [{"slug": "tin", "url": "a.xml", "territory": ["VN"]}, {**CAP, "default_area": "la"}]}
    )
    assert list(contradictions(config)) == [
        'sources[0].territory: chỉ dùng với kind = "cap"',
        "sources[1].default_area: không có đơn vị 'la'",
    ]


def test_unsigned_alerts_and_boards_that_none_can_reach_are_remarked_upon() -> None:
    config = Config.model_validate(
        {
            "areas": [{"slug": "tinh", "name": "Tỉnh"}, {"slug": "xa", "name": "Xã", "codes": ["12454"]}],
            "sources": [{**CAP, "alerts": "live"}, {**CAP, "slug": "ky", "alerts": "live", "certificate": "a.pem"}],
            "boards": [
                {"slug": "xa", "name": "Xã", "area": "xa", "lanes": [{"source": "nchmf"}]},
                {"slug": "diem", "name": "Có điểm", "area": "tinh", "point": [20.6, 106.0]},
                {"slug": "lac", "name": "Lạc", "area": "tinh"},
            ],
        }
    )
    found = [line.partition(":")[0] for line in remarks(config)]
    assert found == [
        "sources[0].alerts", "sources[0].territory", "sources[1].territory", "boards[0].lanes[0]", "boards[2]",
    ]  # fmt: skip


def test_what_the_file_lets_air_unread_is_in_the_audit_once(tmp_path: Path) -> None:
    def start(url: str) -> list[tuple[str, str, str]]:
        config = Config.model_validate(
            {"areas": [{"slug": "tinh", "name": "Tỉnh"}], "sources": [{"slug": "mot", "url": url, "trust": "auto"}]}
        )
        db = open_store(config, tmp_path, lambda: NOW, seed=True)
        try:
            return [(one.act, one.actor, one.subject) for one in audit.all(db)]
        finally:
            db.close()

    told = ("source.unread_by_config", "config.toml", "source/mot")
    assert start("a.xml") == [told]
    assert start("a.xml") == [told]
    assert start("b.xml") == [told, told], "another address is told again"


def test_mail_needs_a_public_address_for_its_links(tmp_path: Path) -> None:
    mail = GOOD + '[mail]\nhost = "mail.example.vn"\n'
    (problem,) = _problems(tmp_path, mail)
    assert problem.startswith("server.public_url: cần có khi khai [mail] host")
    assert _load(tmp_path, mail + '[server]\npublic_url = "https://bangtin.example.vn"\n').mail.host


def test_a_sender_of_alerts_has_no_blank_comma_or_sign_of_markup(tmp_path: Path) -> None:
    text = GOOD.replace('name = "Tỉnh"', 'name = "Tỉnh"\nalert_sender = "canhbao@tinh.example.vn"')
    assert _load(tmp_path, text).alert_senders() == {"tinh": "canhbao@tinh.example.vn"}
    for wrong in ("canh bao@x.vn", "a,b", "<a@b>", "a&b", "ab"):
        with pytest.raises(ConfigError, match=r"areas\[0\].alert_sender: .*không dấu cách"):
            _load(tmp_path, text.replace("canhbao@tinh.example.vn", wrong))


def test_a_key_needs_its_certificate_and_the_reverse(tmp_path: Path) -> None:
    for given, missing in (("signing_key", "certificate"), ("certificate", "signing_key")):
        with pytest.raises(ConfigError, match=f"alerts.{missing}: cần có cả"):
            _load(tmp_path, f'[alerts]\n{given} = "x.pem"\n{GOOD}')
    assert _load(tmp_path, f'[alerts]\nsigning_key = "k"\ncertificate = "c"\n{GOOD}').alerts.signing_key == "k"


def test_alerts_that_are_not_published_for_want_of_an_address_are_remarked_upon(tmp_path: Path) -> None:
    public = GOOD.replace('area = "tinh"', 'area = "tinh"\npublic = true')
    address = '[server]\npublic_url = "https://bang.example.vn"\n'
    said = [list(remarks(_load(tmp_path, text))) for text in (public, GOOD, address + public)]
    assert ["public_url" in " ".join(lines) for lines in said] == [True, False, False]
    off = f"[alerts]\npublish = false\n{public}"
    assert not any("public_url" in line for line in remarks(_load(tmp_path, off)))


def test_web_push_without_a_secure_address_is_remarked_upon() -> None:
    push = {"contact": "mailto:cntt@tinh.vn"}
    found = [
        list(remarks(Config.model_validate({"push": push, "server": {"public_url": url}})))
        for url in ("", "https://a.vn")
    ]
    assert [len(one) for one in found] == [1, 0]
    with pytest.raises(ValidationError):
        Config.model_validate({"push": {"contact": "cntt@tinh.vn"}})


def test_the_check_names_where_dropped_bulletins_are_shown_unread(tmp_path: Path) -> None:
    text = GOOD + '\n[source_system]\nfolder = "tha-tin"\nair = ["xa", "khong-co"]\n'
    said = [line for line in remarks(_load(tmp_path, text)) if line.startswith("source_system")]
    assert any("lên bảng ở" in line and "không ai đọc trước" in line for line in said)
    assert any("không có đơn vị 'khong-co'" in line for line in said)
    assert not [line for line in remarks(_load(tmp_path, GOOD)) if line.startswith("source_system")]
