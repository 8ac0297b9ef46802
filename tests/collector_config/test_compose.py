"""compose.yaml and the Dockerfiles, as far as they can be held to account without building an image."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from openclaw_otel.errors import ConfigError
from openclaw_otel_bridge.config import Config
from tests.collector_config.collector import CONFIG, ROOT
from tests.conftest import absent

ENVIRONMENTS = ("postgres", "bridge", "collector")
OURS = ("migrate", "web", "worker")
DOCKERFILES = (CONFIG / "Dockerfile", CONFIG / "collector.Dockerfile")


def example(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", (CONFIG / f"{name}.env.example").read_text(), re.MULTILINE))


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The services as docker-compose understands them, with the examples as environment files."""
    if shutil.which("docker-compose"):
        command = ["docker-compose"]
    elif shutil.which("docker") and subprocess.run(["docker", "compose", "version"], check=False).returncode == 0:
        command = ["docker", "compose"]
    else:
        absent("docker-compose", "apt-get install docker-compose")
    folder = tmp_path_factory.mktemp("compose") / "collector_config"
    folder.mkdir()
    shutil.copy(CONFIG / "compose.yaml", folder)
    for name in ENVIRONMENTS:
        shutil.copy(CONFIG / f"{name}.env.example", folder / f"{name}.env")
    done = subprocess.run(
        [*command, "-f", str(folder / "compose.yaml"), "config"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr.lower()
    found: dict[str, Any] = yaml.safe_load(done.stdout)["services"]
    return found


def test_all_parts_are_there(services: dict[str, Any]) -> None:
    assert set(services) == {"postgres", "migrate", "web", "worker", "collector"}
    assert [services[name]["command"] for name in OURS] == [["migrate"], ["serve"], ["worker"]]


def test_nobody_is_root_or_may_become_it(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert int(service["user"].split(":")[0]) > 0, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not service.get("privileged"), name
        if name != "postgres":
            assert service["read_only"] is True, name


def test_webhooks_wait_in_a_volume_its_user_may_write(services: dict[str, Any]) -> None:
    folder = services["web"]["environment"]["OPENCLAW_OTEL_SPOOL_DIR"]
    (volume,) = services["web"]["volumes"]
    target = volume["target"] if isinstance(volume, dict) else volume.split(":")[1]
    assert Path(target) in Path(folder).parents
    assert f"install -d -o 10001 -g 10001 -m 700 {target}" in DOCKERFILES[0].read_text()


def test_what_runs_on_has_a_health_check(services: dict[str, Any]) -> None:
    in_image = {"web": DOCKERFILES[0], "collector": DOCKERFILES[1]}
    for name in set(services) - {"migrate"}:
        assert "healthcheck" in services[name] or "HEALTHCHECK" in in_image[name].read_text(), name


def test_nothing_starts_before_the_tables_are_there(services: dict[str, Any]) -> None:
    for name in ("web", "worker"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert services[name]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_secrets_come_by_file_and_go_where_they_are_needed(services: dict[str, Any]) -> None:
    text = (CONFIG / "compose.yaml").read_text()
    secret = {name for each in ENVIRONMENTS for name in example(each) if not name.endswith(("_URL", "_PROXIES"))}
    assert {"POSTGRES_PASSWORD", "SECRET_KEY", "OPENCLAW_OTEL_INGEST_KEY"} <= secret
    assert [name for name in secret if f"{name}:" in text] == []
    assert "POSTGRES_PASSWORD" not in services["web"]["environment"]
    assert "SECRET_KEY" not in services["collector"]["environment"]
    ignored = (ROOT / ".gitignore").read_text().split()
    assert "*.env" in ignored


def test_ports_are_published_on_this_machine_alone(services: dict[str, Any]) -> None:
    ports = [str(port) for service in services.values() for port in service.get("ports", [])]
    assert ports
    assert all("127.0.0.1" in port for port in ports)


def test_the_example_settings_start_once_filled_in_and_not_before() -> None:
    given = example("bridge") | {"OPENCLAW_OTEL_BIND": "0.0.0.0"}
    with pytest.raises(ConfigError, match="SECRET_KEY"):
        Config.from_env(given)
    filled = given | {name: f"0123456789abcdef-{name}-random" for name in ("SECRET_KEY", "JWT_SECRET")}
    filled["OPENCLAW_OTEL_METRICS_TOKEN"] = "0123456789abcdef"
    filled["DATABASE_URL"] = given["DATABASE_URL"].replace("PASSWORD", "5e884898da28047151d0e56f")
    assert Config.from_env(filled).is_public
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        Config.from_env(filled | {"DATABASE_URL": given["DATABASE_URL"]})


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_what_a_dockerfile_copies_exists_and_it_ends_as_nobody(path: Path) -> None:
    lines = path.read_text().replace("\\\n", " ").splitlines()
    for line in lines:
        if line.startswith("COPY ") and "--from=" not in line:
            *sources, _ = line.split()[1:]
            assert [source for source in sources if not (ROOT / source).exists()] == []
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users[-1] == "10001:10001"
    assert any(line.startswith("HEALTHCHECK ") for line in lines)


def test_both_say_how_they_are_used() -> None:
    readme = (CONFIG / "README.md").read_text()
    for name in (
        "compose.yaml",
        "Dockerfile",
        "collector.Dockerfile",
        *(f"{each}.env.example" for each in ENVIRONMENTS),
    ):
        assert f"`{name}`" in readme, name
