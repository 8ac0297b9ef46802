"""semconv.generate: names of constants, cells of the page."""

from __future__ import annotations

from openclaw_otel.semconv import generate

GROUPS = [
    {
        "id": "g",
        "type": "attribute_group",
        "attributes": [
            {"id": "openclaw.integration.a.b", "type": "boolean", "brief": "x | y", "examples": [True]},
            {"ref": "error.type"},
        ],
    },
    {"id": "e", "type": "event", "name": "openclaw.integration.c.exception", "brief": "it failed"},
]


def test_constants() -> None:
    text = generate.constants(GROUPS)
    assert 'A_B: Final = "openclaw.integration.a.b"' in text
    assert 'ERROR_TYPE: Final = "error.type"' in text
    assert 'EVENT_C_EXCEPTION: Final = "openclaw.integration.c.exception"' in text
    namespace: dict[str, object] = {}
    exec(compile(text, "attributes.py", "exec"), namespace)
    assert namespace["OWN"] == {"openclaw.integration.a.b"}
    assert namespace["STANDARD"] == {"error.type"}


def test_page() -> None:
    assert "| `openclaw.integration.a.b` | boolean | x \\| y | `true` |" in generate.page(GROUPS)
