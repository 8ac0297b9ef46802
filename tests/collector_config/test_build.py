"""build.sh says plainly what is missing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.collector_config.collector import CONFIG


def build(tmp_path: Path, *arguments: str, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
    environ = {"PATH": path, "HOME": str(tmp_path), "OPENCLAW_OTEL_CACHE": str(tmp_path / "cache")}
    return subprocess.run([CONFIG / "build.sh", *arguments], env=environ, capture_output=True, text=True, check=False)


def test_it_says_when_nothing_was_built(tmp_path: Path) -> None:
    done = build(tmp_path, "--built")
    assert done.returncode == 1
    assert "is not built" in done.stderr
    assert not (tmp_path / "cache").exists()


def test_a_go_that_is_too_old_is_named(tmp_path: Path) -> None:
    old = tmp_path / "go" / "bin"
    old.mkdir(parents=True)
    (old / "go").write_text("#!/bin/sh\necho go1.19.8\n")
    (old / "go").chmod(0o755)
    script = (CONFIG / "build.sh").read_text().replace("/usr/local/go/bin/go", "/nowhere/go")
    (tmp_path / "build.sh").write_text(script)
    (tmp_path / "builder.yaml").write_text((CONFIG / "builder.yaml").read_text())
    environ = os.environ | {"PATH": f"{old}:/usr/bin:/bin", "HOME": str(tmp_path), "OPENCLAW_OTEL_CACHE": str(tmp_path)}
    command = ["bash", str(tmp_path / "build.sh")]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"{old}/go is Go 1.19.8, too old" in done.stderr
    assert "Go >= 1.25" in done.stderr
