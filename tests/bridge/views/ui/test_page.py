"""Rendering: headers, assets, fragments, and templates that keep the content policy."""

import hashlib
import re
from pathlib import Path

import pytest
from flask import g

import openclaw_otel_bridge
from openclaw_otel_bridge.query import parse
from openclaw_otel_bridge.views.ui.page import faults_of, quoted
from openclaw_otel_bridge.workflow.errors import InvalidField, MissingField
from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import Visitor, stranger, text_of

PACKAGE = Path(openclaw_otel_bridge.__file__).parent
TEMPLATES = sorted((PACKAGE / "templates").glob("*.html"))


def test_pages_are_private_and_run_no_foreign_script(admin: Visitor) -> None:
    response = admin.get("/")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "HttpOnly" in admin.post("/preferences", {"theme": "dark"}).headers["Set-Cookie"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_have_nothing_the_policy_forbids(template: Path) -> None:
    text = template.read_text("utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|hx-on|hx-vals=.?js:|\|\s*safe", text)
    assert all(found.startswith("src=") for found in re.findall(r"<script (\S+)", text))


def test_controls_have_names(admin: Visitor) -> None:
    for path in ("/", "/issues/new", "/rules/new", "/channels/new", "/people/new", "/account", "/account/password"):
        page = text_of(admin.get(path))
        labels = set(re.findall(r'<label for="([^"]+)"', page))
        for control in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page):
            if re.search(r'type="(hidden|checkbox)"', control):
                continue
            ident = re.search(r'\bid="([^"]+)"', control)
            assert "aria-label" in control or (ident and ident[1] in labels), (path, control)
        identifiers = re.findall(r'\bid="([^"]+)"', page)
        assert len(identifiers) == len(set(identifiers)), path


def test_assets_are_named_by_content(bridge: Bridge) -> None:
    page = text_of(stranger(bridge).get("/login"))
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        assert "?v=" in address
        with bridge.app.test_client() as client, client.get(address) as response:
            assert response.status_code == 200
            assert response.cache_control.max_age


def test_vendored_files_are_what_they_were() -> None:
    folder = PACKAGE / "static" / "vendor"
    rows = re.findall(
        r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", (folder / "VENDOR.md").read_text("utf-8"), re.MULTILINE
    )
    assert rows
    for name, digest in rows:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert {name for name, _ in rows} == {str(path.relative_to(folder)) for path in folder.rglob("*.js")}


def test_a_fragment_brings_its_title_and_messages(admin: Visitor) -> None:
    admin.post("/settings", {"solo_resolve": "1"})
    text = text_of(admin.get("/settings", **{"HX-Request": "true", "HX-Target": "main"}))
    assert text.startswith("<title>Settings")
    assert "The settings are saved." in text
    restored = admin.get("/", **{"HX-Request": "true", "HX-Target": "main", "HX-History-Restore-Request": "true"})
    assert "<html" in text_of(restored)


@pytest.mark.parametrize(
    "value", ["401", "a b", 'say "x"', "back\\slash", "a,b", "*", "-x", "中文", "[API] x: y", "", "a:b"]
)
def test_quoted_values_read_back(value: str) -> None:
    query = parse(f"code:{quoted(value)}") if value else parse("")
    assert len(query.terms) == (1 if value else 0)


def test_faults_of(bridge: Bridge) -> None:
    with bridge.app.test_request_context("/", headers={"Accept-Language": "zh"}):
        g.actor = None
        assert faults_of(MissingField("a", "b")) == {"a": "请填写此项。", "b": "请填写此项。"}
        assert faults_of(InvalidField("a", "bad", "不好")) == {"a": "不好"}


def _contrast(one: str, other: str) -> float:
    """Return the ratio of WCAG 2.2 for two colours `#rrggbb` or `#rgb`."""

    def light(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("selector", [":root {", ':root[data-theme="dark"] {', ':root:not([data-theme="light"]) {'])
def test_text_keeps_contrast_aa(selector: str) -> None:
    text = (PACKAGE / "static" / "app.css").read_text("utf-8")
    block = text[text.index(selector) :].split("}")[0]
    colour = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))
    pairs = [(ink, ground) for ink in ("ink", "soft", "link", "critical") for ground in ("bg", "panel", "sunk")]
    pairs += [(name, f"{name}-bg") for name in ("critical", "error", "warn", "info", "good")]
    pairs += [("accent-ink", "accent"), ("bg", "ink"), ("good", "sunk"), ("error", "sunk"), ("ink", "mark")]
    for ink, ground in pairs:
        assert _contrast(colour[ink], colour[ground]) >= 4.5, (ink, ground)
