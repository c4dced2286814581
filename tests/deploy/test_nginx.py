"""The shipped nginx configuration, with TLS, in front of a real server: cookies, addresses, limits, WebSocket."""

from __future__ import annotations

import http.client
import itertools
import json
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
import websocket

from server.core.policy import Grant
from server.store.audit import audit
from server.store.people import one_time_links, people, sign_ins
from tests.deploy.visitor import Visitor
from tests.desk.office import PASSWORD
from tests.http_answers import Answer
from tests.nginx import NAME, Nginx
from tests.ports import free_port
from tests.station import Station, config_text, until

BOARD = "bang-tls"
HOME = "127.0.0.3"
OPERATOR, OTHER = "hoa", "lan"
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A server configured as deploy/README.md says: behind one proxy, with NAME as its public name."""
    text = config_text([BOARD]).replace("[server]", f'[server]\nproxies = 1\npublic_url = "https://{NAME}"', 1)
    made = Station.of(tmp_path_factory.mktemp("tls") / "station", text).start(worker=False)
    yield made
    made.close()


@pytest.fixture(scope="module")
def nginx(station: Station) -> Iterator[Nginx]:
    # The rate is lowered so that only the burst of a limit counts: on a busy machine requests are often 2 s apart, at
    # which the shipped rate would let all of them pass.
    made = Nginx(station.folder / "nginx", [station.port], tls=True, replaced={"rate=30r/m": "rate=1r/m"})
    yield made
    made.kill()


@pytest.fixture(scope="module")
def accounts(station: Station, nginx: Nginx) -> None:
    """Two operators who have set their passwords."""
    for username in (OPERATOR, OTHER):
        now = station.now(BOARD)
        mail = f"{username}@example.vn"
        made = people.add(station.store, username=username, name=username, email=mail, actor="os:root", now=now)
        people.grant(station.store, username, Grant("operator", BOARD), by=None, actor="os:root", now=now)
        token = one_time_links.make(
            station.store, "invite", person=made.id, by="os:root", now=now, lasts=one_time_links.INVITE_LASTS
        )
        link = f"/desk/welcome/{token}"
        answer = Visitor(nginx, HOME).post(link, {"password": PASSWORD, "again": PASSWORD})
        assert answer.status == 303, answer.text
        assert token not in nginx.log()


def signs_in(visitor: Visitor, username: str = OPERATOR, password: str = PASSWORD) -> Answer:
    return visitor.post("/desk/login", {"email": username, "password": password})


def test_the_session_cookie_belongs_to_this_host_and_hsts_is_sent_once(nginx: Nginx) -> None:
    visitor = Visitor(nginx, "127.0.0.2")
    answer = visitor.get("/desk/login")
    assert {name[:7] for name in visitor.cookies} == {"__Host-"}
    assert {"Secure", "HttpOnly"} <= set(answer.headers["set-cookie"].split("; "))
    for path in ("/desk/login", f"/board/{BOARD}", "/healthz", "/metrics"):
        assert visitor.get(path).headers["strict-transport-security"] == "max-age=63072000", path


def test_plain_http_only_leads_to_tls_and_old_protocols_and_foreign_names_get_no_answer(nginx: Nginx) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", nginx.plain_port, timeout=30)
    plain.request("GET", "/desk/login?next=%2F", headers={"Host": NAME})
    assert plain.getresponse().getheader("Location") == f"https://{NAME}/desk/login?next=%2F"
    plain.close()
    plain.request("GET", "/", headers={"Host": "elsewhere.example"})
    with pytest.raises(ConnectionError):
        plain.getresponse()
    plain.close()
    visitor = Visitor(nginx, "127.0.0.2")
    with pytest.raises(ssl.SSLError):
        visitor.connected(maximum_version=ssl.TLSVersion.TLSv1_2)
    with pytest.raises(ssl.SSLError):
        visitor.connected("elsewhere.example")


@pytest.mark.usefixtures("accounts")
def test_the_audit_and_the_list_of_sign_ins_hold_the_real_address_whatever_a_client_claims(
    station: Station, nginx: Nginx
) -> None:
    visitor = Visitor(nginx, "127.0.0.4")
    lies = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9"}
    answer = visitor.post("/desk/login", {"email": OPERATOR, "password": PASSWORD}, lies)
    assert answer.status == 302, answer.text
    person = people.get(station.store, OPERATOR)
    assert "127.0.0.4" in {one.address for one in sign_ins.of(station.store, person.id, station.now(BOARD))}
    found = [(row.act, row.address) for row in audit.all(station.store) if row.actor == OPERATOR]
    assert found, "setting a password is in the audit"
    assert {address for _, address in found} <= {HOME, "127.0.0.4"}


@pytest.mark.usefixtures("accounts")
def test_six_wrong_passwords_from_one_address_lock_nobody_out_elsewhere(nginx: Nginx) -> None:
    guesser = Visitor(nginx, "127.0.0.5")
    refused = [signs_in(guesser, OTHER, f"sai lần thứ {number} rồi") for number in range(6)]
    assert refused[-1].status == 429
    assert signs_in(guesser, OTHER).status == 429
    assert signs_in(Visitor(nginx, "127.0.0.6"), OTHER).status == 302


def test_a_board_runs_through_tls_and_a_foreign_page_gets_no_socket(nginx: Nginx) -> None:
    def opened(origin: str) -> websocket.WebSocket:
        return websocket.create_connection(
            f"wss://{NAME}/socket.io/?EIO=4&transport=websocket&board={BOARD}",
            socket=Visitor(nginx, "127.0.0.7").connected(), origin=origin, timeout=30,
        )  # fmt: skip

    own = opened(f"https://{NAME}")
    assert str(own.recv()).startswith("0")
    own.send("40" + json.dumps({"board": BOARD}))
    until(lambda: '"state"' in str(own.recv()) or None, "the board's state")
    own.close()
    with pytest.raises(websocket.WebSocketBadStatusException):
        opened("https://elsewhere.example")


@pytest.mark.usefixtures("accounts")
def test_large_bodies_are_refused_but_where_files_are_sent_by_people_who_may(nginx: Nginx) -> None:
    stranger, large = Visitor(nginx, "127.0.0.8"), b"x" * 2_000_000
    for path in ("/desk/login", "/screen/pairing", "/desk/urgent/", f"/board/{BOARD}"):
        answer = stranger.ask("POST", path, large[:70_000])
        assert (answer.status, "quá lớn" in answer.text) == (413, True), path
    assert stranger.ask("POST", "/desk/compose/files", large).status == 401
    # nginx lets large bodies pass to this address, because screens send screenshots; the server refuses a stranger's.
    assert stranger.ask("POST", "/glass/screenshots/1", large).status == 413
    assert stranger.ask("POST", "/glass/screenshots/1", large[:60_000]).status == 401

    writer = Visitor(nginx, "127.0.0.9")
    assert signs_in(writer).status == 302
    token = writer.get("/desk/compose/").text.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}',
        f'--b\r\nContent-Disposition: form-data; name="area"\r\n\r\n{BOARD}',
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n',
    ]
    body = "\r\n".join(parts).encode() + large + b"\r\n--b--\r\n"
    answer = writer.ask("POST", "/desk/compose/files", body, {"Content-Type": "multipart/form-data; boundary=b"})
    assert (answer.status, "a.bin" in answer.text) == (200, True), answer.text


@pytest.mark.parametrize("path", ["/desk/login", "/screen/pairing"])
def test_whoever_tries_many_secrets_or_asks_for_many_codes_is_slowed_down_alone(nginx: Nginx, path: str) -> None:
    tester, other = (Visitor(nginx, f"127.0.1.{last + len(path)}") for last in (0, 100))
    answers = [tester.ask("POST", path, b"") for _ in range(25)]
    assert answers[0].status != 429
    assert answers[-1].status == 429
    assert "Hãy đợi một phút" in answers[-1].text
    assert tester.get("/healthz").status == 200
    assert other.ask("POST", path, b"").status != 429


# Each row has addresses of one /56 network; nginx writes each of them with "::" in another place, or without.
_NETWORKS = (
    ("2001:db8:1:0:a:b:c:d", "2001:db8:1::5", "2001:db8:1:0:7::", "2001:db8:1::7:0:0:1"),
    ("2001:db8::1", "2001:db8::a:b:c:d", "2001:db8:0:0:a::1"),
    ("2001:0:0:100::1", "2001::1ff:a:b:c:d"),
    ("2001::1", "2001::a:b:c:d"),
    ("2001:db8:1:200::1", "2001:db8:1:2ff:a:b:c:d"),
)


def test_the_limits_count_every_spelling_of_a_network_as_one_client(tmp_path: Path) -> None:
    named_by_test = "set_real_ip_from 127.0.0.0/8; real_ip_header X-Test;"
    replaced = {
        "geo $bangtin_own_network {": f"{named_by_test}\ngeo $bangtin_own_network {{",
        "log_format bangtin '$remote_addr ": "log_format bangtin 'counted=$bangtin_network ",
    }
    proxy = Nginx(tmp_path / "nginx", [free_port()], tls=True, replaced=replaced)
    try:
        visitor = Visitor(proxy, "127.0.0.12")
        for address in itertools.chain(*_NETWORKS):
            visitor.ask("GET", "/healthz", headers={"X-Test": address})
        logged = until(lambda: _counted(proxy) if len(_counted(proxy)) == 13 else None, "the log of every request")
    finally:
        proxy.kill()
    rows = iter(logged)
    found = [{next(rows) for _ in network} for network in _NETWORKS]
    assert [len(keys) for keys in found] == [1] * len(_NETWORKS)
    assert len(set.union(*found)) == len(_NETWORKS)


def _counted(proxy: Nginx) -> list[str]:
    return re.findall(r"^counted=(\S+)", proxy.log(), re.M)


def test_one_address_has_a_bound_of_connections_and_a_slow_head_is_cut(station: Station, tmp_path: Path) -> None:
    lower = {"bangtin_open 500": "bangtin_open 4", "client_header_timeout 10s": "client_header_timeout 1s"}
    strict = Nginx(tmp_path / "nginx", [station.port], tls=True, replaced=lower)
    asked = (
        f"GET /socket.io/?EIO=4&transport=websocket&board={BOARD} HTTP/1.1\r\nHost: {NAME}\r\nUpgrade: websocket\r\n"
    )
    asked += "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

    def status(visitor: Visitor) -> bytes:
        sockets.append(visitor.connected())
        sockets[-1].sendall(asked.encode())
        return sockets[-1].recv(12)[9:]

    sockets: list[ssl.SSLSocket] = []
    try:
        one, other = Visitor(strict, "127.0.0.11"), Visitor(strict, "127.0.0.12")
        assert [status(one) for _ in range(5)] == [b"101"] * 4 + [b"429"]
        assert status(other) == b"101"
        slow, begun = other.connected(), monotonic()
        sockets.append(slow)
        slow.sendall(b"GET / HTTP/1.1\r\nHost: ")
        slow.settimeout(30)
        assert slow.recv(100) == b"", f"still open after {monotonic() - begun:.0f} s"
    finally:
        for one_socket in sockets:
            one_socket.close()
        strict.kill()
