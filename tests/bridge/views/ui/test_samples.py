"""What an empty inbox shows is Python that runs."""

import ast

from openclaw_otel_bridge.views.ui.samples import first_event


def test_the_sample_names_this_bridge_and_parses():
    text = first_event("https://errors.example.com")
    assert "OTEL_EXPORTER_OTLP_ENDPOINT=https://errors.example.com\n" in text
    ast.parse(text.split("<<'PY'\n")[1].removesuffix("PY"))
