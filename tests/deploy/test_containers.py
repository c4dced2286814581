"""The container files: what gets into the image, and what each container may do."""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.paths import ROOT

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PROGRAM = ("server-1", "server-2", "server-3", "worker")
# Keys of the Compose specification (services.md) that are used here; a misspelt one would be ignored or refused.
SERVICE_KEYS = {
    "build", "cap_drop", "command", "depends_on", "entrypoint", "environment", "healthcheck", "image", "init",
    "logging", "mem_limit", "networks", "pids_limit", "ports", "read_only", "restart", "secrets", "security_opt",
    "shm_size", "stop_grace_period", "tmpfs", "ulimits", "user", "volumes",
}  # fmt: skip
EXACT_TAG = re.compile(r"^[a-z]+:\d+\.\d+(\.\d+)?-[a-z-]+(@sha256:[0-9a-f]{64})?$")


def sent_to_the_builder() -> list[str]:
    """The repository's files that get into the image's build context.

    As Docker does it, the last rule of .dockerignore that matches a path decides.
    """
    rules = [
        line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]  # fmt: skip
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    extra = [
        "data/keys/desk",
        "data/bangtin.db",
        ".git/config",
        "deploy/secrets/pgpass",
        "server/.env",
        "server/a.pem",
    ]
    return [path for path in [*listed.splitlines(), *extra] if _kept(path, rules)]


def _kept(path: str, rules: list[str]) -> bool:
    kept = True
    for rule in rules:
        wanted = rule.removeprefix("!")
        parts = [path, *(str(one) for one in Path(path).parents if str(one) != ".")]
        if any(fnmatch.fnmatchcase(one, wanted.replace("**/", "*")) for one in parts):
            kept = rule.startswith("!")
    return kept


def test_neither_keys_nor_history_nor_tests_get_into_the_image() -> None:
    files = sent_to_the_builder()
    assert {path.split("/")[0] for path in files} == {
        "run.py", "config.toml", "package.json", "package-lock.json", "requirements.lock", "requirements-node.lock",
        "server", "feeds", "display",
    }  # fmt: skip
    assert not [path for path in files if path.endswith((".env", ".pem", ".db"))]


def test_the_image_is_built_in_two_stages_and_runs_as_nobody() -> None:
    *_, last = DOCKERFILE.split("\nFROM ")
    assert re.search(r"^ARG PYTHON=python:3\.11\.\d+-slim-bookworm", DOCKERFILE, re.MULTILINE)
    assert "COPY . ." not in DOCKERFILE
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert not re.search(r"\b(git|make|npm|pip)\b", last)
    # Every package is checked against a hash when it is installed.
    assert "--require-hashes -r requirements.lock" in DOCKERFILE
    assert "npm ci --omit=dev --ignore-scripts" in DOCKERFILE


def test_the_image_has_all_that_a_server_needs(tmp_path: Path) -> None:
    """Both web processes load their code, templates, translations and assets from the image's files alone."""
    for path in sent_to_the_builder():
        if (ROOT / path).is_file():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, tmp_path / path)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    program = (
        "from server.desk.web import assets as desk; from server.live.glass import assets as glass;"
        "from server import desk as package; from server.main import app; from typer.main import get_command;"
        "dict(get_command(app).commands); import server.processes.server;"
        "import server.processes.worker, server.desk.app; desk.load(), glass.load(); print(package.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=90
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path))


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_may_do_only_what_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert set(service) <= SERVICE_KEYS
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert service["restart"] == "always"
    assert service["pids_limit"]
    assert service["mem_limit"]
    assert service["logging"]["options"]["max-size"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert service["image"] == "bangtin:local" or EXACT_TAG.match(service["image"]), service["image"]
    assert ("ports" in service) == (name == "nginx")
    assert "outside" not in service["networks"] or name in ("nginx", "worker")


def test_nginx_writes_only_into_folders_in_memory() -> None:
    text = (DEPLOY / "compose/nginx-main.conf").read_text(encoding="utf-8")
    written = re.findall(r"^\s*(?:pid|\w+_temp_path) (\S+);", text, re.MULTILINE)
    folders = [one.split(":")[0] for one in SERVICES["nginx"]["tmpfs"]]
    assert len(written) == 6
    assert [path for path in written if not any(path.startswith(f"{one}/") for one in folders)] == []


def test_the_program_stands_behind_one_proxy_and_its_password_is_in_a_file() -> None:
    for name in PROGRAM:
        environment = SERVICES[name]["environment"]
        assert environment["BANGTIN_SERVER__PROXIES"] == "1"
        assert environment["BANGTIN_STORE__URL"].endswith("?passfile=/run/secrets/pgpass")
        assert not [key for key in environment if "PASSWORD" in key]
    assert set(SERVICES["postgres"]["environment"]) >= {"POSTGRES_PASSWORD_FILE"}
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_what_is_mounted_exists_and_every_network_and_secret_is_declared() -> None:
    made_by_the_keeper = {"./config.toml", "./tls"}
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("./") and source not in made_by_the_keeper:
                assert (DEPLOY / source).exists(), source
            assert source.startswith("./") or source in COMPOSE["volumes"], source
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
        assert set(service.get("depends_on", ())) <= set(SERVICES)


def test_nginx_of_the_containers_finds_every_server(tmp_path: Path) -> None:
    fixed = {SERVICES[name]["networks"]["inside"]["ipv4_address"] for name in PROGRAM[:3]}
    servers = (DEPLOY / "compose/servers.conf").read_text(encoding="utf-8")
    assert set(re.findall(r"server ([\d.]+):8080 ", servers)) == fixed
    shipped = (DEPLOY / "nginx/servers-three.conf").read_text(encoding="utf-8")
    plain = [re.sub(r"[\d.]+:80\d+", "SERVER", text.split("\n", 1)[1]) for text in (servers, shipped)]
    assert plain[0] == plain[1]
    _check_nginx(tmp_path)


def _check_nginx(folder: Path) -> None:
    """Lets nginx check its configuration files, at the paths where compose.yaml mounts them."""
    etc = folder / "etc"
    shutil.copytree(DEPLOY / "nginx", etc / "bangtin")
    for name in ("servers.conf", "log.conf"):
        shutil.copy(DEPLOY / "compose" / name, etc / "bangtin" / name)
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
         "/CN=bangtin.example.vn", "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")],
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    for source, target in (("nginx.conf", "bangtin.conf"), ("compose/nginx-main.conf", "main.conf")):
        text = (DEPLOY / source).read_text(encoding="utf-8")
        text = text.replace("/etc/nginx/", f"{etc}/").replace("/etc/bangtin/tls/", f"{folder}/")
        for tmpfs in SERVICES["nginx"]["tmpfs"]:
            # The folders in memory, which are the only ones that nginx may write into.
            text = text.replace(f" {tmpfs.split(':')[0]}/", f" {folder}/")
        (etc / target).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["/usr/sbin/nginx", "-t", "-c", str(etc / "main.conf")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
