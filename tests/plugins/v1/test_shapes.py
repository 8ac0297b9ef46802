"""Values of several words are found as one, and what stands around them is kept."""

from __future__ import annotations

import pytest

from openclaw_otel_plugins.v1.shapes import SHAPES, mark_shapes


def words(text: str) -> str:
    return " ".join(mark_shapes(text).split())


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("see https://x.example/a?b=[token]&c=d, then", "see * , then"),
        ("失败https://x.example/a，请重试", "失败 * ，请重试"),
        ("from 2025-11-02 10:22:33.123 +08:00 on", "from * on"),
        ("on Mon, 03 Nov 2025 10:22:33 GMT it", "on Mon, * it"),
        ("on Nov 3, 2025 at 10:22 PM it", "on * it"),
        ("[parameters: {'a': 'b', 'c': 1}]\n(Background", "[parameters: * (Background"),
        ("Key (a, b)=(x, (y)) already exists.", "Key (a, b)= * already exists."),
        ('for input string: "1,2"', "for input string: *"),
        ("<Foo bar at 0x7f00> failed", "* failed"),
        ("<Response [404]>", "<Response [404]>"),
        ("to [email][phone], [name]", "to * , *"),
        ("errors[name] and $[email]", "errors[name] and $[email]"),
        ('{"order_id":"A 1","code":"X"}', '{"order_id": * ,"code":"X"}'),
        ('{"name":"INVALID_REQUEST"}', '{"name":"INVALID_REQUEST"}'),
        ("open '/tmp/a b/c.csv' now", "open * now"),
        ("and/or text/html", "and/or text/html"),
    ],
)
def test_marks(text: str, marked: str) -> None:
    assert words(text) == marked


def test_every_shape_has_a_value() -> None:
    assert all(shape.value for shape in SHAPES)
