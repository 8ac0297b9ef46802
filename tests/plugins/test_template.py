"""The project template: renamed as its README says, built, and run in a clean environment, in library and bridge."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATE = ROOT / "plugins" / "template"
NAME = "orders_plugin"
BROKEN = "halfway_plugin"
LINE = {
    "id": "1",
    "exception": {
        "type": "acme.errors.WarehouseClosed",
        "message": "DC04 is closed",
        "stacktrace": "Traceback (most recent call last):\nacme.errors.WarehouseClosed: DC04 is closed",
    },
}
PIPELINE = """
import sys
from openclaw_otel import ErrorRecord, ExceptionInfo, Side, build_pipeline
pipeline = build_pipeline(Side(sys.argv[1]))
done = pipeline.run(ErrorRecord(id="1", exception=ExceptionInfo("acme.errors.LedgerLocked", "x")))
print("judged by", done.classifier)
print("dropped:", pipeline.run(ErrorRecord(id="2", exception=ExceptionInfo("acme.errors.AlreadySynced", "x"))) is None)
"""
BRIDGE = """
import os, sys
from openclaw_otel_bridge.app import create_app
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.intake.keys import create_key
from openclaw_otel_bridge.services import EXTENSION
config = Config.from_env()
database = Database(config.database_url)
with database.connection() as conn:
    key = create_key(conn, 1, "ingest")
app = create_app(config, database)
answer = app.test_client().post(
    "/v1/logs", data=sys.stdin.buffer.read(),
    headers={"Content-Type": "application/json", "Authorization": f"Bearer {key}"},
)
print(answer.status_code)
app.extensions[EXTENSION].intake.close()
app.extensions[EXTENSION].numbers.close()
database.close()
"""


@dataclass(frozen=True)
class Installer:
    """uv where there is one, else the standard venv and pip."""

    uv: str | None

    def run(self, *command: str | Path) -> None:
        """Run a command; its output is shown when it fails."""
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def wheel(self, project: Path, out: Path) -> Path:
        """Return the wheel of a project."""
        out.mkdir()
        if self.uv:
            self.run(self.uv, "build", "--quiet", "--wheel", "--out-dir", out, project)
        else:
            self.run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", out, project)
        (wheel,) = out.glob("*.whl")
        return wheel

    def environment(self, folder: Path, *requirements: str | Path) -> Path:
        """Return the `bin` of a new environment with the requirements."""
        python = folder / "bin" / "python"
        if self.uv:
            self.run(self.uv, "venv", "--quiet", "--python", sys.executable, folder)
            self.run(self.uv, "pip", "install", "--quiet", "--python", python, *requirements)
        else:
            self.run(sys.executable, "-m", "venv", folder)
            self.run(python, "-m", "pip", "install", "--quiet", *requirements)
        return python.parent


@dataclass(frozen=True)
class Clean:
    """A clean environment with this project, the plugin and a broken one."""

    bin: Path
    project: Path
    """The renamed copy of the template."""

    def run(self, *command: str, environ: Mapping[str, str] | None = None, stdin: str = "") -> str:
        done = self.attempt(*command, environ=environ, stdin=stdin)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def attempt(self, *command: str, environ: Mapping[str, str] | None = None, stdin: str = "") -> Any:
        return subprocess.run(
            [str(self.bin / command[0]), *command[1:]], input=stdin, cwd=self.project, check=False,
            env={"PATH": os.environ["PATH"], **(environ or {})}, capture_output=True, text=True, timeout=120,
        )  # fmt: skip


def renamed(folder: Path, name: str) -> Path:
    """Return a copy of the template under another name, by the very commands of its README."""
    shutil.copytree(TEMPLATE, folder, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    steps = re.findall(r"```sh\n(.*?)```", (folder / "README.md").read_text("utf-8"), re.DOTALL)[0]
    assert "NAME=orders_plugin" in steps
    script = steps.replace("NAME=orders_plugin", f"NAME={name}")
    subprocess.run(["sh", "-euc", script], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    installer = Installer(uv)
    folder = tmp_path_factory.mktemp("template")
    project = renamed(folder / "project", NAME)
    broken = renamed(folder / "broken", BROKEN)
    module = broken / "src" / BROKEN / "house_errors.py"
    text = module.read_text("utf-8")
    module.write_text(text.replace("from openclaw_otel import", "import no_such_module\nfrom openclaw_otel import"))
    ours = installer.wheel(ROOT, folder / "ours")
    wheels = [installer.wheel(project, folder / "one"), installer.wheel(broken, folder / "two")]
    bin_ = installer.environment(folder / "venv", f"openclaw-otel[bridge] @ file://{ours}", *wheels, "pytest>=8")
    return Clean(bin_, project)


def test_nothing_of_the_old_name_is_left(clean: Clean) -> None:
    left = [path for path in clean.project.rglob("*") if "acme_plugin" in path.name]
    texts = [path for path in clean.project.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    left += [path for path in texts if re.search("acme[_-]plugin", path.read_text("utf-8"))]
    assert left == []


def test_its_own_tests_pass(clean: Clean) -> None:
    assert "passed" in clean.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider")


def test_its_ci_runs_what_its_readme_says(clean: Clean) -> None:
    workflow = yaml.safe_load((clean.project / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    commands = [step["run"] for step in workflow["jobs"]["test"]["steps"] if "run" in step]
    assert {"python -m pytest -q", "ruff check .", "mypy", "openclaw-otel plugins"} <= set(commands)
    for command in ("check", "format --check"):
        ruff = [sys.executable, "-m", "ruff", *command.split(), "--no-cache", "."]
        subprocess.run(ruff, cwd=clean.project, check=True)


def test_it_is_listed_and_the_broken_one_named(clean: Clean) -> None:
    listed = clean.run("openclaw-otel", "plugins")
    assert re.search(rf"^{NAME} +0\.1\.0 +register_processors$", listed, re.MULTILINE)
    assert re.search(rf"^{BROKEN} +0\.1\.0 +not used: .*no_such_module", listed, re.MULTILINE)
    order = listed.partition("order:")[2]
    assert f"classify: {NAME} (order 200, runs in source+bridge)" in order
    assert order.index(f" {NAME} ") > order.index("classify: classify")
    hooks = clean.run("openclaw-otel", "plugins", "--hooks")
    assert "register_processors(config)" in hooks
    assert "register_redactors(config)" in hooks


def test_it_runs_in_the_library(clean: Clean) -> None:
    found = json.loads(clean.run("openclaw-otel", "classify", "-", stdin=json.dumps(LINE)))
    assert (found["category"], found["retryable"]) == ("business_rule", True)


@pytest.mark.parametrize("side", ["source", "bridge"])
def test_each_call_is_logged_when_asked_for(clean: Clean, side: str) -> None:
    quiet = clean.attempt("python", "-c", PIPELINE, side)
    assert f"judged by {NAME}/1" in quiet.stdout
    assert "dropped: True" in quiet.stdout
    assert "no_such_module" in quiet.stderr  # the broken one is named, and the rest runs
    assert "took" not in quiet.stderr
    told = clean.attempt("python", "-c", PIPELINE, side, environ={"OPENCLAW_OTEL_TRACE_PLUGINS": "1"})
    assert re.search(rf"plugin {NAME} took 0\.\d+ s", told.stderr)


def test_only_the_plugins_asked_for_are_loaded(clean: Clean) -> None:
    without = {"OPENCLAW_OTEL_PLUGINS": "classify,fingerprint,redact"}
    listed = clean.run("openclaw-otel", "plugins", environ=without)
    assert re.search(rf"^{NAME} .*not in OPENCLAW_OTEL_PLUGINS", listed, re.MULTILINE)
    assert f"judged by {NAME}" not in clean.run("python", "-c", PIPELINE, "source", environ=without)
    asked = {"OPENCLAW_OTEL_PLUGINS": f"classify,{BROKEN}"}
    refused = clean.attempt("openclaw-otel", "plugins", environ=asked)
    assert refused.returncode != 0
    assert "OPENCLAW_OTEL_PLUGINS" in refused.stderr
    assert BROKEN in refused.stderr
    assert "Traceback" not in refused.stderr


def test_it_runs_in_the_bridge(clean: Clean, database_url: str) -> None:
    attributes = {f"exception.{name}": value for name, value in LINE["exception"].items()}  # type: ignore[attr-defined]
    record = {
        "timeUnixNano": "1767225600000000000",
        "severityNumber": 17,
        "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()],
    }
    posted = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})
    environ = {"DATABASE_URL": database_url, "SECRET_KEY": "s" * 32, "JWT_SECRET": "j" * 32}
    assert clean.run("python", "-c", BRIDGE, environ=environ, stdin=posted).split() == ["200"]
    with psycopg.connect(database_url) as conn:
        assert conn.execute("select category, retryable, owner_hint from issues").fetchall() == [
            ("business_rule", True, "ops")
        ]
