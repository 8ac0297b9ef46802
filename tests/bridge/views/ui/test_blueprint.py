"""Every page belongs to the one blueprint, and every form has a page to go to."""

import re
from pathlib import Path

import openclaw_otel_bridge
from openclaw_otel_bridge.views.ui import blueprint
from tests.bridge.running import Bridge


def test_templates_link_only_to_endpoints_there_are(bridge: Bridge) -> None:
    endpoints = {rule.endpoint for rule in bridge.app.url_map.iter_rules()}
    for template in (Path(openclaw_otel_bridge.__file__).parent / "templates").glob("*.html"):
        for endpoint in re.findall(r"""url_for\(['"](\w+\.\w+)['"]""", template.read_text("utf-8")):
            assert endpoint in endpoints, (template.name, endpoint)


def test_static_files_lie_beside_the_templates() -> None:
    assert blueprint.static_folder is not None
    assert (Path(blueprint.static_folder) / "app.css").is_file()
