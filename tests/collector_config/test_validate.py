"""Every configuration we ship is one the Collector built from our manifest takes, without a word of deprecation."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.collector_config.collector import CONFIG

CONFIGURATIONS = [path for path in sorted(CONFIG.glob("*.yaml")) if path.name not in ("builder.yaml", "compose.yaml")]


@pytest.mark.collector
@pytest.mark.parametrize("path", CONFIGURATIONS, ids=lambda path: path.name)
def test_it_is_valid_and_nothing_in_it_is_deprecated(path: Path, otelcol: Path, tmp_path: Path) -> None:
    environ = os.environ | {"OPENCLAW_OTEL_INGEST_KEY": "oci_test", "OTELCOL_STORAGE_DIR": str(tmp_path)}
    done = subprocess.run(
        [otelcol, "validate", "--config", path], env=environ, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "deprecat" not in said.lower()


@pytest.mark.collector
def test_a_wrong_configuration_is_refused(otelcol: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text((CONFIG / "bridge_only.yaml").read_text().replace("sending_queue", "sending_cue"))
    environ = os.environ | {"OPENCLAW_OTEL_INGEST_KEY": "oci_test", "OTELCOL_STORAGE_DIR": str(tmp_path)}
    done = subprocess.run(
        [otelcol, "validate", "--config", wrong], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "sending_cue" in done.stderr


@pytest.mark.parametrize("path", CONFIGURATIONS, ids=lambda path: path.name)
def test_the_way_to_the_bridge_keeps_what_was_accepted(path: Path) -> None:
    """Seen without a Collector: a persistent, fsynced queue that retries for ever, and the memory limit first."""
    config = yaml.safe_load(path.read_text())
    bridge = config["exporters"]["otlp_http/bridge"]
    assert bridge["sending_queue"]["storage"] == "file_storage"
    assert bridge["retry_on_failure"]["max_elapsed_time"] == "0s"
    assert config["extensions"]["file_storage"]["fsync"] is True
    assert "file_storage" in config["service"]["extensions"]
    for name, pipeline in config["service"]["pipelines"].items():
        if "otlp" in pipeline["receivers"]:
            assert pipeline["processors"][0] == "memory_limiter", name


def test_redaction_of_the_gateway_fails_closed() -> None:
    config = yaml.safe_load((CONFIG / "gateway.yaml").read_text())
    for name, processor in config["processors"].items():
        if name.startswith("transform"):
            assert processor["error_mode"] == "propagate", name
    for name, pipeline in config["service"]["pipelines"].items():
        if "otlp" in pipeline["receivers"]:
            assert pipeline["processors"][1:] == ["transform/lift", "redaction", "transform/lower"], name
