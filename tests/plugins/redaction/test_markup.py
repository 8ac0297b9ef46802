from __future__ import annotations

import pytest

from openclaw_otel_plugins.redaction.keys import Keys
from openclaw_otel_plugins.redaction.leaves import Leaves
from openclaw_otel_plugins.redaction.markup import Markup, is_markup
from openclaw_otel_plugins.redaction.rules import load_rules
from openclaw_otel_plugins.redaction.run import Run

MARKUP = Markup(Keys(load_rules()), Leaves(pseudonyms=False))


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (
            "<Buyer><Name>Jo</Name></Buyer><Item><Name>Shirt</Name></Item>",
            "<Buyer><Name>[name]</Name></Buyer><Item><Name>Shirt</Name></Item>",
        ),
        ("<ns:Phone type='m'>13800138000</ns:Phone>", "<ns:Phone type='m'>[phone]</ns:Phone>"),
        ("<Note><![CDATA[ring twice]]></Note>", "<Note><![CDATA[[note]]]></Note>"),
        (
            '<input type="hidden" name="csrf_token" value="abc"/>',
            '<input type="hidden" name="csrf_token" value="[token]"/>',
        ),
        ('<field name="first_name">Jo</field>', '<field name="first_name">[name]</field>'),
        ("<OrderId>1001</OrderId><br><Token>abc", "<OrderId>1001</OrderId><br><Token>[token]"),
        ("<Error><Code>InvalidInput</Code></Error>", "<Error><Code>InvalidInput</Code></Error>"),
    ],
)
def test_elements_and_attributes(raw: str, wanted: str) -> None:
    assert MARKUP.elements(raw.encode(), Run()).decode() == wanted


def test_parts_of_a_form() -> None:
    raw = (
        '--x\r\nContent-Disposition: form-data; name="first_name"\r\nContent-Type: text/plain\r\n\r\nJo\nDoe\r\n'
        '--x\r\nContent-Disposition: form-data; name="sku"\r\n\r\nAB-1\r\n--x--'
    )
    assert MARKUP.parts(raw.encode(), Run()).decode() == raw.replace("Jo\nDoe", "[name]")


def test_is_markup() -> None:
    assert is_markup(b" <?xml version='1.0'?><a/>")
    assert not is_markup(b"a < b")
