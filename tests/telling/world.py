"""A bridge with its worker as processes of their own, two robots, and a tap on what the library sends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import requests

from openclaw_otel_bridge.demo.robot import Robot, text_of
from tests.generators.lines import WEBHOOK_SECRET, Line
from tests.telling.answering import Tap

COMMAND = str(Path(sys.executable).with_name("openclaw-otel"))
ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "correct horse battery staple"
SETTINGS = """
[platforms.erp]
hosts = ["erp.example.com"]
[platforms.erp.error]
when = [{pointer = "/ok", equals = false}]
code = ["/error/code"]
message = ["/error/message"]

[[stores]]
name = "kiln-shopify"
platform = "shopify"
webhook_secrets = ["env:KILN_SECRET"]
[[stores]]
name = "kiln-woocommerce"
platform = "woocommerce"
webhook_secrets = ["env:KILN_SECRET"]
"""


class World(AbstractContextManager["World"]):
    """Starts when entered; `logs()` is all that any of its processes wrote."""

    def __init__(self, database_url: str, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.folder = folder
        (folder / "openclaw.toml").write_text(SETTINGS, "utf-8")
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith("OPENCLAW_")} | {
            "DATABASE_URL": database_url,
            "SECRET_KEY": "proof-" * 8,
            "JWT_SECRET": "proof-" * 8,
            "KILN_SECRET": WEBHOOK_SECRET,
            "OPENCLAW_OTEL_CONFIG": str(folder / "openclaw.toml"),
            "OPENCLAW_OTEL_PORT": str(port),
            "OPENCLAW_OTEL_PRIVATE_CHANNELS": "1",
            "OPENCLAW_OTEL_PROCESSES": "1",
            "OPENCLAW_OTEL_LOG_LEVEL": "DEBUG",
            "OPENCLAW_OTEL_HASH_KEY": "a key of the buyer hash for this proof",
        }
        self.robot = Robot()
        self.tap = Tap(self.url)
        self.key = ""
        self.token = ""
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> World:
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self) -> None:
        self.robot.start()
        self.command("migrate")
        for name in ("serve", "worker"):
            with (self.folder / f"{name}.log").open("wb") as log:
                self._processes.append(
                    subprocess.Popen([COMMAND, name], env=self.environ, cwd=self.folder, stdout=log, stderr=log)
                )
        self.command("user", "add", "root@example.com", "--role", "admin", "--password-stdin", stdin=PASSWORD + "\n")
        self.token = self.command("token", "create", "root@example.com")
        self.key = self.command("key", "create")
        wait_for(self._is_ready)
        channels = [
            self.api("POST", "/channels", {"name": name, "kind": name, "url": url, "locale": locale})["id"]
            for name, url, locale in (
                ("wecom", self.robot.wecom_url, "zh"),
                ("feishu", self.robot.feishu_url, "en"),
            )
        ]
        for rule in self.api("GET", "/rules")["items"]:
            self.api("DELETE", f"/rules/{rule['id']}")
        me = self.api("GET", "/people")["items"][0]["id"]
        rule = {"name": "everything", "query": "-platform:none", "assignee": me, "channels": channels}
        self.api("POST", "/rules", rule)

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(30)
        self.tap.__exit__()
        self.robot.stop()

    def tell(self, lines: Path) -> None:
        """Let a service meet the failures of a file; what it prints is kept."""
        environ = self.environ | {
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.tap.url,
            "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{self.key}",
            "OTEL_BSP_MAX_QUEUE_SIZE": "20000",
            "OTEL_BLRP_MAX_QUEUE_SIZE": "20000",
            "PYTHONPATH": str(ROOT),
        }
        with (self.folder / "service.log").open("wb") as log:
            command = [sys.executable, "-m", "tests.telling.service", str(lines), self.url, self.key]
            subprocess.run(command, env=environ, cwd=self.folder, stdout=log, stderr=log, check=True, timeout=1800)

    def tell_sentry(self, lines: Path) -> None:
        """Let two services tell the failures of a file to Sentry's SDK: one with our integration, one without."""
        key = self.command("key", "create", "--kind", "sentry")
        for kind, address in (("ours", self.tap.url), ("plain", self.url)):
            dsn = f"{address.replace('://', f'://{key}@')}/1"
            with (self.folder / f"sentry-{kind}.log").open("wb") as log:
                command = [sys.executable, "-m", "tests.telling.sentry_service", str(lines), dsn, kind]
                environ = self.environ | {"PYTHONPATH": str(ROOT)}
                subprocess.run(command, env=environ, cwd=self.folder, stdout=log, stderr=log, check=True, timeout=1800)

    def deliver(self, line: Line) -> int:
        """Post a delivery to the bridge, as its platform does; returns the status of the answer."""
        given = line["delivery"]
        query = given["url"].partition("?")[2]
        url = f"{self.url}/webhook/{line['platform']}/kiln-{line['platform']}?{query}"
        headers = {name: value.encode() for name, value in given["headers"].items()}
        return requests.post(url, headers=headers, data=given["body"].encode(), timeout=10).status_code

    def settle(self) -> dict[str, Any]:
        """Wait until nothing is queued any more; returns the totals."""

        def quiet() -> dict[str, Any] | None:
            totals: dict[str, Any] = self.api("GET", "/stats")
            waiting = totals["deliveries"]["queued"] + totals["deliveries"]["failed"]
            return totals if not totals["intake_queue"] and not waiting else None

        found: dict[str, Any] = wait_for(quiet, 300)
        return found

    def outgoing(self) -> list[tuple[str, str]]:
        """Return what the library sent, and what the robots were told."""
        sent = [("otlp", body.decode("utf-8", "replace")) for body in self.tap.seen]
        return sent + [("robot", text_of(each["message"]) + str(each["message"])) for each in self.robot.messages]

    def logs(self) -> list[tuple[str, str]]:
        """Return what every process wrote."""
        return [(path.name, path.read_text("utf-8", "replace")) for path in sorted(self.folder.glob("*.log"))]

    def command(self, *arguments: str, stdin: str = "") -> str:
        """Run a subcommand; returns what it printed."""
        done = subprocess.run(
            [COMMAND, *arguments], env=self.environ, cwd=self.folder, input=stdin, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Call the REST API as the admin."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.request(method, f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=30)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def _is_ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/readyz", timeout=2).status_code == 200
        except requests.RequestException:
            return False


def wait_for(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Return what a condition gives once it is true."""
    deadline = time.monotonic() + seconds
    found = condition()
    while not found and time.monotonic() < deadline:
        time.sleep(0.2)
        found = condition()
    assert found, f"it did not happen within {seconds} s"
    return found
